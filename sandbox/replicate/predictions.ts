import type { Clock } from "../../src/services/clock.ts";
import { type Model, withDefaults } from "./model.ts";
import { performers } from "./outputs/index.ts";
import { ModelError, number, type Run, type Step } from "./outputs/run.ts";
import { isOver, type Prediction, type Status } from "./prediction.ts";
import { Ended, type Script, scripted } from "./script.ts";
import { hash, token } from "./seeded.ts";
import { createChannel } from "./stream.ts";

export interface Surroundings {
  clock: Clock;
  random: () => number;
  /** 1: natural pace; 0: nothing waits. */
  pace: number;
  /** How long every prediction is `starting`; by default short, and longer for a community model's first. */
  coldBootMs: number | undefined;
  /** Aborted when the stand-in closes. */
  closing: AbortSignal;
  script(ref: string, input: Record<string, unknown>): Script | undefined;
  host: Run["host"];
  fetch: Run["fetch"];
  hears: Run["hears"];
}

export interface CreateOptions {
  input: Record<string, unknown>;
  cancelAfterMs?: number;
  deployment?: string;
  webhook?: string;
  webhookEvents?: string[];
}

export interface Predictions {
  all: ReadonlyMap<string, Prediction>;
  create(model: Model, options: CreateOptions): Prediction;
  /** Ends it if it is not over; a prediction that succeeded stays succeeded. */
  cancel(prediction: Prediction): void;
  /** Until the prediction is over, or so many milliseconds. */
  wait(prediction: Prediction, ms: number): Promise<void>;
}

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

export function createPredictions(around: Surroundings): Predictions {
  const { clock, random, pace, closing } = around;
  const all = new Map<string, Prediction>();
  const warm = new Set<string>();

  const signalOf = (prediction: Prediction) => AbortSignal.any([closing, prediction.over.signal]);
  const pause = (ms: number, signal: AbortSignal) => (ms > 0 ? clock.sleep(ms, signal) : nextTurn());

  function create(model: Model, options: CreateOptions): Prediction {
    const { input, cancelAfterMs, ...rest } = options;
    const now = clock.now();
    const prediction: Prediction = {
      ...rest,
      id: token(random),
      model,
      input,
      output: null,
      status: "starting",
      error: null,
      logs: "",
      metrics: {},
      createdAt: now,
      ...(cancelAfterMs !== undefined && { deadline: now + cancelAfterMs }),
      streamId: token(random, 52),
      channel: createChannel(clock),
      over: new AbortController(),
    };
    all.set(prediction.id, prediction);
    const script = around.script(model.ref, input);
    if (script?.cut) prediction.channel.cutOnce(script.cut);
    void live(prediction, script);
    if (cancelAfterMs !== undefined) void keepDeadline(prediction, cancelAfterMs);
    return prediction;
  }

  /** From `starting` to its end. It never throws: what goes wrong in a model is the prediction's error. */
  async function live(prediction: Prediction, script: Script | undefined): Promise<void> {
    const signal = signalOf(prediction);
    try {
      await nextTurn();
      await pause(script?.bootMs ?? bootMs(prediction.model), signal);
      if (script?.stuck === "starting") return;
      if (script?.status === "aborted") throw new Ended("aborted");
      if (isOver(prediction) || closing.aborted) return;
      prediction.startedAt = clock.now();
      prediction.status = "processing";
      const perform = performers[prediction.model.kind];
      const steps = (script ? scripted(script, perform) : perform)(runOf(prediction));
      for await (const step of steps) {
        if (signal.aborted) return;
        await apply(prediction, step, signal);
      }
      if (script?.stuck !== "processing") finish(prediction, "succeeded");
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof Ended) finish(prediction, error.status);
      else
        finish(
          prediction,
          "failed",
          error instanceof ModelError ? error.message : `${String(error)} (E1000)`,
        );
    }
  }

  function bootMs(model: Model): number {
    if (around.coldBootMs !== undefined) return around.coldBootMs;
    const cold = !model.official && !warm.has(model.ref);
    warm.add(model.ref);
    return pace * (cold ? 2500 : 150);
  }

  function runOf({ model, input }: Prediction): Run {
    const given = withDefaults(model, input);
    const seed = number(given["seed"]) ?? Math.floor(random() * 2 ** 31);
    return {
      model,
      input: given,
      seed: seed < 0 ? hash(String(seed)) : seed,
      host: around.host,
      fetch: around.fetch,
      hears: around.hears,
    };
  }

  async function apply(prediction: Prediction, step: Step, signal: AbortSignal): Promise<void> {
    if ("waitMs" in step) {
      prediction.metrics["predict_time"] = (prediction.metrics["predict_time"] ?? 0) + step.waitMs / 1000;
      await pause(step.waitMs * pace, signal);
    } else if ("log" in step) prediction.logs += step.log;
    else if ("metrics" in step) Object.assign(prediction.metrics, step.metrics);
    else if ("token" in step) {
      prediction.output = [
        ...(Array.isArray(prediction.output) ? (prediction.output as unknown[]) : []),
        step.token,
      ];
      prediction.channel.say("output", spoken(step.token));
    } else {
      prediction.output = step.output;
      for (const part of [step.output].flat()) prediction.channel.say("output", spoken(part));
    }
  }

  function finish(prediction: Prediction, status: Status, error?: string): void {
    if (isOver(prediction)) return;
    const now = clock.now();
    const { startedAt, createdAt, metrics } = prediction;
    prediction.status = status;
    prediction.completedAt = now;
    prediction.error = error ?? null;
    // At pace 0 nothing takes time; what is billed is what the run would have taken.
    const ran = startedAt === undefined ? 0 : (now - startedAt) / 1000;
    const predictTime = round(Math.max(ran, metrics["predict_time"] ?? 0));
    const totalTime = round(Math.max((now - createdAt) / 1000, predictTime));
    prediction.metrics = { predict_time: predictTime, total_time: totalTime, ...withoutTimes(metrics) };
    if (startedAt === undefined) delete prediction.metrics["predict_time"];
    if (status === "failed") prediction.channel.say("error", JSON.stringify({ detail: error }));
    const reason = status === "succeeded" ? {} : { reason: status === "failed" ? "error" : "canceled" };
    prediction.channel.say("done", JSON.stringify(reason));
    prediction.over.abort();
  }

  /** `aborted` where it had not started (and is not billed), `canceled` where it had. */
  async function keepDeadline(prediction: Prediction, ms: number): Promise<void> {
    try {
      await clock.sleep(ms, signalOf(prediction));
      finish(prediction, prediction.startedAt === undefined ? "aborted" : "canceled");
    } catch {
      // It was over before its deadline.
    }
  }

  async function wait(prediction: Prediction, ms: number): Promise<void> {
    if (isOver(prediction)) return;
    await clock.sleep(ms, signalOf(prediction)).catch(() => undefined);
  }

  return { all, create, cancel: (prediction) => finish(prediction, "canceled"), wait };
}

const spoken = (part: unknown) => (typeof part === "string" ? part : JSON.stringify(part));

const round = (seconds: number) => Math.round(seconds * 1e6) / 1e6;

function withoutTimes(metrics: Record<string, number>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(metrics).filter(([name]) => name !== "predict_time" && name !== "total_time"),
  );
}
