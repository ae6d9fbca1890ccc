import { describe, expect, it } from "vitest";
import { deploymentOf, operatorDeployments } from "../../../src/services/models/operator-deployments.ts";

describe("the operator's deployments", () => {
  const deployments = operatorDeployments(
    "black-forest-labs/FLUX-schnell = acme/fast ; openai/whisper=acme/ears;",
  );

  it("replace the models that they run", () => {
    expect(deploymentOf({ ref: "black-forest-labs/flux-schnell" }, deployments)).toBe("acme/fast");
    expect(deploymentOf({ ref: "openai/whisper" }, deployments)).toBe("acme/ears");
  });

  it("leave other models where they run", () => {
    expect(deploymentOf({ ref: "a/b" }, deployments)).toBeUndefined();
    expect(deploymentOf({ ref: "a/b", deployment: "c/d" }, deployments)).toBe("c/d");
  });

  it.each(["flux-schnell=acme/fast", "a/b=c", "a/b", "a/b=c/d=e/f", "=a/b"])(
    "say what %s should have been",
    (text) => {
      expect(() => operatorDeployments(text)).toThrow(/is not of the form owner\/name=owner\/name/);
    },
  );
});
