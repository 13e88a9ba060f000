import { expect, test } from "vitest";
import { checkForm, DEFAULT_FORM, specOf } from "@/features/jobs/new/form";
import { sceneProblem } from "@/features/jobs/new/useScene";
import { hash } from "@/test/render";

test("checkForm__defaults__an order", () => {
  expect(checkForm(DEFAULT_FORM).order).toMatchObject({
    width: 320,
    height: 180,
    samples: 16,
    seats: 2,
    capUsd6: null,
  });
});

test.each([
  ["samples", "0", "At least 1."],
  ["samples", "65537", "At most 65536."],
  ["width", "", "A whole number"],
  ["width", "1e3", "A whole number"],
  ["height", "-5", "A whole number"],
  ["seats", "1", "At least 2."],
  ["spares", "3", "At most 2."],
  ["cap", "0", "above zero"],
  ["cap", "0.0000001", "six decimals"],
  ["exposure", "NaN", "from −10 to 10"],
] as const)("checkForm__%s is %j__says %j and gives no order", (key, value, text) => {
  const { errors, order } = checkForm({ ...DEFAULT_FORM, [key]: value });
  expect(order).toBeNull();
  expect(errors[key]).toContain(text);
});

test("checkForm__trusted__one seat whatever was typed", () => {
  expect(checkForm({ ...DEFAULT_FORM, grade: 1, seats: "4", spares: "0" }).order?.seats).toBe(1);
});

test("checkForm__sampled__one seat, auditors behind it and a part of the lots", () => {
  const sampled = { ...DEFAULT_FORM, grade: 2, seats: "4", spares: "3", audit: "10" };
  expect(checkForm(sampled).order).toMatchObject({ seats: 1, spares: 3, auditBps: 1_000 });
  expect(checkForm({ ...sampled, spares: "0" }).errors.spares).toContain("At least 1.");
  expect(checkForm({ ...sampled, spares: "4" }).errors.spares).toContain("At most 3.");
  expect(checkForm({ ...sampled, audit: "0" }).errors.audit).toContain("At least 1.");
  expect(checkForm({ ...sampled, audit: "101" }).errors.audit).toContain("At most 100.");
  expect(checkForm(DEFAULT_FORM).order?.auditBps).toBe(0);
});

test("specOf__order__all fields, scene in lower case", () => {
  const { order } = checkForm(DEFAULT_FORM);
  if (!order) throw new Error("the defaults are an order");
  expect(specOf(order, hash("A"))).toEqual({
    kind: "render",
    version: 1,
    scene: hash("a"),
    width: 320,
    height: 180,
    samples: 16,
    seed: 0,
    exposure: 0,
  });
});

test.each([
  [new Blob(["x"]), "scene.exe", "not a .glb or .gltf"],
  [new Blob([]), "a.glb", "is empty"],
  [new Blob(["not a glb at all"]), "a.glb", "binary glTF"],
  [new Blob(["<html>"]), "a.gltf", "JSON glTF"],
])("sceneProblem__wrong file__%#", async (blob, name, text) => {
  expect(await sceneProblem(blob, name)).toContain(text);
});

test("sceneProblem__a glb head, a gltf head__accepted", async () => {
  const head = new Uint8Array(20);
  new DataView(head.buffer).setUint32(0, 0x46546c67, true);
  expect(await sceneProblem(new Blob([head]), "a.glb")).toBeNull();
  expect(await sceneProblem(new Blob(['  {"asset":{}}']), "a.gltf")).toBeNull();
});
