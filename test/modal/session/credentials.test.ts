import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inspect } from "node:util";
import { expect, test } from "vitest";
import { credentialsLine, credentialsOf, findCredentials } from "../../../src/launch/modal/credentials.ts";
import { openSession } from "../../../src/launch/modal/open-session.ts";
import { parseProfiles, readProfilesText } from "../../../src/launch/modal/profiles.ts";
import { connect, credentialsFor, failure, never, readAll, scratch, start } from "./connect.ts";

const TOML = `
[work]
token_id = "ak-work"
token_secret = "as-work-planted"
environment = "dev"

[home]
token_id = "ak-home"
token_secret = "as-home-planted"
active = true
`;
const NOTHING = { env: {}, secret: null, tomlText: null, profile: null };
const pick = (sources: object) => {
  const found = findCredentials({ ...NOTHING, ...sources });
  return found === null ? null : { ...JSON.parse(credentialsLine(found)) };
};

test("the storage counts before the variables, and they before the profile", () => {
  const env = { MODAL_TOKEN_ID: "ak-env", MODAL_TOKEN_SECRET: "as-env", MODAL_ENVIRONMENT: "staging" };
  const secret = { tokenId: "ak-kept", tokenSecret: "as-kept" };
  expect(pick({ env, secret, tomlText: TOML })).toMatchObject({
    tokenId: "ak-kept",
    environment: "staging",
    profile: null,
  });
  expect(pick({ env, tomlText: TOML })).toMatchObject({
    tokenId: "ak-env",
    tokenSecret: "as-env",
    profile: null,
  });
  expect(pick({ tomlText: TOML })).toMatchObject({ tokenId: "ak-home", profile: "home", environment: null });
  expect(pick({})).toBeNull();
});

test("a profile is chosen by the person, else by MODAL_PROFILE, else it is the active one", () => {
  expect(pick({ tomlText: TOML, env: { MODAL_PROFILE: "work" } })).toMatchObject({
    tokenId: "ak-work",
    environment: "dev",
  });
  expect(pick({ tomlText: TOML, env: { MODAL_PROFILE: "work" }, profile: "home" })).toMatchObject({
    tokenId: "ak-home",
  });
  expect(pick({ tomlText: TOML, env: { MODAL_PROFILE: "work", MODAL_ENVIRONMENT: "x" } })).toMatchObject({
    environment: "x",
  });
  expect(pick({ tomlText: TOML.replace("active = true", "") })).toBeNull();
  expect(parseProfiles(TOML).map(({ name, active }) => [name, active])).toEqual([
    ["work", false],
    ["home", true],
  ]);
});

test("a profile that does not exist is named with those that do", async () => {
  const failed = await failure(Promise.resolve().then(() => pick({ tomlText: TOML, profile: "nosuch" })));
  expect(failed).toMatchObject({
    code: "modal-profile-unknown",
    message: "There is no Modal profile nosuch.",
  });
  expect(failed.hint).toBe("Choose one of those that exist: work, home.");
  expect(await failure(Promise.resolve().then(() => pick({ env: { MODAL_PROFILE: "x" } })))).toMatchObject({
    code: "modal-profile-unknown",
    hint: expect.stringContaining("missing or empty"),
  });
});

test("half a token names the half that is missing", async () => {
  const of = (sources: object) => failure(Promise.resolve().then(() => pick(sources)));
  expect(await of({ env: { MODAL_TOKEN_ID: "ak" } })).toMatchObject({
    code: "modal-token-half",
    message: "A Modal token has two halves, and the environment lacks MODAL_TOKEN_SECRET.",
  });
  expect(await of({ tomlText: '[a]\nactive = true\ntoken_id = "x"' })).toMatchObject({
    message: expect.stringContaining("the profile a of "),
    hint: expect.stringContaining("modal token new"),
  });
});

test("a broken file is named with the line, and nothing of it is quoted", async () => {
  const text = '[home]\ntoken_secret = "as-planted\nactive = true';
  const failed = await failure(Promise.resolve().then(() => pick({ tomlText: text })));
  expect(failed).toMatchObject({
    code: "modal-profiles-broken",
    message: expect.stringMatching(/\.modal\.toml, line 2 is not TOML/),
  });
  expect(inspect(failed)).not.toContain("as-planted");
});

test("the file lies where MODAL_CONFIG_PATH says; none is no fault, an unreadable one is", async () => {
  const folder = await scratch();
  const file = join(folder, "modal.toml");
  expect(await readProfilesText({ MODAL_CONFIG_PATH: file })).toBeNull();
  await writeFile(file, TOML);
  expect(await readProfilesText({ MODAL_CONFIG_PATH: file })).toBe(TOML);
  expect(await failure(readProfilesText({ MODAL_CONFIG_PATH: folder }))).toMatchObject({
    code: "modal-profiles-unreadable",
    message: `${folder} cannot be read (EISDIR).`,
  });
});

test("credentials hide their secret from everything but the line for a process", () => {
  const found = credentialsOf(
    '{"tokenId":"ak-a","tokenSecret":"as-planted","environment":null,"profile":null,"serverUrl":null}',
  );
  expect(found.tokenSecret).toBe("as-planted");
  for (const text of [
    JSON.stringify(found),
    inspect(found, { depth: 9, showHidden: true }),
    String(found),
    JSON.stringify({ ...found }),
  ])
    expect(text).not.toContain("as-planted");
  expect(credentialsOf(credentialsLine(found)).tokenSecret).toBe("as-planted");
  expect(() => credentialsOf("{}")).toThrow();
});

test("the chosen profile counts alone: the active one of the file gives neither server nor environment", async () => {
  const folder = await scratch();
  const file = join(folder, "modal.toml");
  await writeFile(
    file,
    '[x]\nactive = true\ntoken_id = "ak-x"\ntoken_secret = "as-x"\nserver_url = "http://127.0.0.1:9"\nenvironment = "wrong"\n',
  );
  const before = { ...process.env };
  Object.assign(process.env, {
    MODAL_CONFIG_PATH: file,
    MODAL_SERVER_URL: "http://127.0.0.1:9",
    MODAL_OAUTH_CLIENT_ID: "oc-x",
  });
  try {
    const { fake, session } = await connect();
    expect(await session.check()).toEqual({ workspace: "test-workspace" });
    await session.find({});
    const asked = fake.state.calls.find(({ rpc }) => rpc === "AppGetOrCreate")?.request;
    expect(asked).toMatchObject({ environmentName: "" });
    const other = await openSession(credentialsFor(fake, { environment: "dev" }), () => undefined);
    await other.find({});
    expect(fake.state.calls.findLast(({ rpc }) => rpc === "AppGetOrCreate")?.request).toMatchObject({
      environmentName: "dev",
    });
    expect(process.env["MODAL_SERVER_URL"]).toBe("http://127.0.0.1:9");
  } finally {
    for (const name of ["MODAL_CONFIG_PATH", "MODAL_SERVER_URL", "MODAL_OAUTH_CLIENT_ID"])
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
  }
});

test("no planted secret comes into a log, an argument or a tag, with everything logged", async () => {
  const { fake, session, log } = await connect({ account: { tokenSecret: "as-planted-account" } });
  const id = await start(session, '[ "${#HF_TOKEN}" = 16 ] && echo got it; sleep 5', {
    secretValues: { HF_TOKEN: "hf_planted_value" },
    volumes: { "/runs": "runs" },
  });
  await session.execInside(id, ["true"]);
  await session.terminate(id);
  expect(await readAll(session, id)).toBe("got it\n");
  await session.upload("runs", [{ from: Buffer.from("x"), to: "x" }], () => undefined, never());
  expect(log.length).toBeGreaterThan(10);
  const { definition, tags } = fake.sandbox(id).facts;
  const seen = [log.join("\n"), JSON.stringify([definition, tags]), inspect(session, { depth: 9 })].join(
    "\n",
  );
  for (const secret of ["as-planted-account", "hf_planted_value"]) expect(seen).not.toContain(secret);
});
