// A picture of a screen in a palette of at most 256 colours: a third of the bytes, and hardly anybody sees it.
import { crc32, deflateSync, inflateSync } from "node:zlib";

/**
 * Non-interlaced PNGs with 8 bits a channel, RGB or RGBA without transparency, as browsers write them.
 *
 * @param {Buffer} png
 * @returns {Buffer}
 */
export function smallPng(png) {
  const { width, height, channels, pixels } = decode(png);
  const palette = popular(pixels, channels);
  const index = nearest(palette);
  const rows = Buffer.alloc(height * (width + 1));
  for (let y = 0; y < height; y++) {
    // Filter 0: palette indices are not differences of anything.
    for (let x = 0; x < width; x++)
      rows[y * (width + 1) + 1 + x] = index(colourAt(pixels, (y * width + x) * channels));
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const colours = Buffer.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]));
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", header),
    chunk("PLTE", colours),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

const SIGNATURE = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);

/** @param {Buffer} png */
function decode(png) {
  const parts = [];
  let [width, height, channels] = [0, 0, 0];
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at);
    const type = png.toString("latin1", at + 4, at + 8);
    const data = png.subarray(at + 8, at + 8 + length);
    if (type === "IHDR") {
      [width, height] = [data.readUInt32BE(0), data.readUInt32BE(4)];
      channels = { 2: 3, 6: 4 }[data[9] ?? 0] ?? 0;
      if (data[8] !== 8 || channels === 0 || data[12] !== 0) throw new Error("A PNG of another kind.");
    }
    if (type === "IDAT") parts.push(data);
    at += length + 12;
  }
  return {
    width,
    height,
    channels,
    pixels: unfiltered(inflateSync(Buffer.concat(parts)), width * channels, channels),
  };
}

/** @param {Buffer} raw @param {number} stride @param {number} bytes of a pixel */
function unfiltered(raw, stride, bytes) {
  const rows = raw.length / (stride + 1);
  const out = Buffer.alloc(rows * stride);
  for (let y = 0; y < rows; y++) {
    const filter = raw[y * (stride + 1)];
    for (let x = 0; x < stride; x++) {
      const at = y * stride + x;
      const left = x < bytes ? 0 : (out[at - bytes] ?? 0);
      const up = y === 0 ? 0 : (out[at - stride] ?? 0);
      const corner = x < bytes || y === 0 ? 0 : (out[at - stride - bytes] ?? 0);
      const guess =
        { 0: 0, 1: left, 2: up, 3: (left + up) >> 1, 4: paeth(left, up, corner) }[filter ?? 0] ?? 0;
      out[at] = ((raw[y * (stride + 1) + 1 + x] ?? 0) + guess) & 255;
    }
  }
  return out;
}

/** @param {number} left @param {number} up @param {number} corner */
function paeth(left, up, corner) {
  const [a, b, c] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}

/** @param {Buffer} pixels @param {number} at */
const colourAt = (pixels, at) =>
  ((pixels[at] ?? 0) << 16) | ((pixels[at + 1] ?? 0) << 8) | (pixels[at + 2] ?? 0);

/**
 * The most used colours that are not nearly the same as one before them.
 *
 * @param {Buffer} pixels
 * @param {number} channels
 */
function popular(pixels, channels) {
  /** @type {Map<number, number>} */
  const counts = new Map();
  for (let at = 0; at < pixels.length; at += channels) {
    const colour = colourAt(pixels, at);
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const sorted = [...counts].sort((a, b) => b[1] - a[1]).map(([colour]) => colour);
  /** @type {number[]} */
  const chosen = [];
  for (const least of [300, 100, 0]) {
    for (const colour of sorted) {
      if (chosen.length === 256) return chosen;
      if (!chosen.includes(colour) && chosen.every((other) => distance(other, colour) >= least))
        chosen.push(colour);
    }
  }
  return chosen;
}

/** @param {number} a @param {number} b */
function distance(a, b) {
  const [red, green, blue] = [
    (a >> 16) - (b >> 16),
    ((a >> 8) & 255) - ((b >> 8) & 255),
    (a & 255) - (b & 255),
  ];
  return red * red + green * green + blue * blue;
}

/** @param {readonly number[]} palette */
function nearest(palette) {
  /** @type {Map<number, number>} */
  const known = new Map();
  return (/** @type {number} */ colour) => {
    let best = known.get(colour);
    if (best !== undefined) return best;
    best = 0;
    for (let i = 1; i < palette.length; i++) {
      if (distance(palette[i] ?? 0, colour) < distance(palette[best] ?? 0, colour)) best = i;
    }
    known.set(colour, best);
    return best;
  };
}

/** @param {string} type @param {Buffer} data */
function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  out.set(body, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}
