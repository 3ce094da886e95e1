// A stand-in for the module `vscode`: every name exists, can be called, constructed, extended and awaited, and
// does nothing. Enough to load a bundle and call its `activate`.
const known = { version: "1.139.0" };

function Anything() {}

const anything = () =>
  new Proxy(Anything, {
    get(_, name) {
      if (name === "then") return undefined; // awaiting it must end
      if (name === "prototype") return Anything.prototype;
      if (name === Symbol.toPrimitive) return () => "";
      if (name === Symbol.iterator) return () => [][Symbol.iterator]();
      return anything();
    },
    apply: anything,
    construct: (_, __, type) => withFallback(Object.create(type.prototype)),
  });

/** What an object has, else anything. @param {object} own @returns {Record<string, any>} */
const withFallback = (own) =>
  new Proxy(own, {
    get: (target, name) => (name in target || name === "then" ? Reflect.get(target, name) : anything()),
  });

module.exports = withFallback(known);
