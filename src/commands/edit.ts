import { type Attachment, type MadeAs } from "../services/attachment.ts";
import { expiry, within } from "../services/deadline.ts";
import type { Services } from "../services/index.ts";
import { MAX_MADE_PIXELS, made } from "../services/made.ts";
import { checkShape } from "../services/masks.ts";
import { findModel, firstOf, requireExtra } from "../services/models/index.ts";
import type { Model, ModelKind } from "../services/models/model.ts";
import { Problem } from "../services/problem.ts";
import type { RunSpec } from "../services/runner.ts";
import { defineCommand, defineMessageCommand, type Request, runningCommand } from "./command.ts";
import { editOptions, type EditOptions } from "./edit-options.ts";
import { type Change, type EditTask, editTask } from "./edit-task.ts";
import { editView } from "./edit-view.ts";
import { allowedIn } from "./models.ts";
import { pictureActions } from "./picture-actions.ts";

type EditRequest = Request<EditOptions>;

/** How long a mask may be looked into before the promise; what is not seen by then is seen before it is sent. */
const LOOK_MS = 600;

/** The file, in whose place a model gets what is made of it. */
const sentAs = (file: Attachment, as: MadeAs): Attachment => ({ ...file, as });

/** Models look at an animation's first picture, or refuse it, and some of them every GIF. */
const still = (file: Attachment) =>
  file.animated || file.contentType === "image/gif" ? sentAs(file, { picture: "still" }) : file;

function maskOf({ image }: EditOptions, { mask }: Extract<EditTask, { kind: "inpaint" }>): Attachment {
  return mask === "transparency" ? sentAs(image, { mask: "transparency" }) : sentAs(mask, { mask: "fit" });
}

/** @throws {Problem} mask-shape, too-many-pixels */
function checkSizes({ image, mask }: EditOptions): void {
  for (const { width = 0, height = 0 } of mask ? [image, mask] : [image])
    if (width * height > MAX_MADE_PIXELS)
      throw new Problem({ kind: "too-many-pixels", width, height, limit: MAX_MADE_PIXELS, scaled: false });
  // What Discord says of one that was not looked into may be of a camera held otherwise.
  const isKnown = image.checked && mask?.checked;
  if (isKnown && image.width && image.height && mask.width && mask.height)
    checkShape({ width: image.width, height: image.height }, { width: mask.width, height: mask.height });
}

/** The model that was named; otherwise the first that may be used and can do all of it. */
function modelFor<Kind extends ModelKind>(
  kind: Kind,
  request: EditRequest,
  extras: readonly "blur"[] = [],
): Model<Kind> {
  const { model: name, seed } = request.options;
  const wanted = [...extras, ...(seed === undefined ? [] : (["seed"] as const))];
  const suits = ({ takes }: Pick<Model, "takes">) => wanted.every((extra) => takes.includes(extra));
  const model = name === undefined ? firstOf(kind, allowedIn(request), suits) : findModel(kind, name);
  for (const extra of wanted) requireExtra(model, extra);
  return model;
}

/** The runs of one model, one for each of what it is asked. */
const runsOf = <Kind extends ModelKind>(
  model: Model<Kind>,
  wants: readonly { key: string; want: Parameters<Model<Kind>["from"]>[0] }[],
): RunSpec[] =>
  wants.map(({ key, want }) => ({ key, model: model.key, input: model.input.parse(model.from(want)) }));

function paint(request: EditRequest, task: Extract<EditTask, { kind: "inpaint" }>): RunSpec[] {
  const { options, chance } = request;
  const { prompt } = task;
  const { seed = chance } = options;
  const image = sentAs(options.image, { picture: "opaque" });
  const want = { image, mask: maskOf(options, task), prompt, seed };
  return runsOf(modelFor("inpaint", request), [{ key: "picture", want }]);
}

function change(request: EditRequest, changes: readonly Change[]): RunSpec[] {
  const { options, chance } = request;
  const image = still(options.image);
  const { seed = chance } = options;
  const wants = changes.map(({ key, instruction }) => ({ key, want: { image, prompt: instruction, seed } }));
  return runsOf(modelFor("edit", request), wants);
}

function cutOut(request: EditRequest, blur: boolean): RunSpec[] {
  const model = modelFor("cutout", request, blur ? ["blur"] : []);
  return runsOf(model, [{ key: "picture", want: { image: still(request.options.image), blur } }]);
}

function runsFor(task: EditTask, request: EditRequest): RunSpec[] {
  switch (task.kind) {
    case "edit":
      return change(request, task.changes);
    case "inpaint":
      return paint(request, task);
    case "cutout":
      return cutOut(request, task.blur);
  }
}

/** What is wrong with a mask as soon as one looks at it. @throws {Problem} */
async function lookAt(mask: Attachment, image: Attachment, { media }: Services): Promise<void> {
  const { as: how } = mask;
  // Before it was looked into nobody knows its size.
  if (!how || "part" in how || !mask.checked || !image.checked) return;
  const work = media.read(mask.url, { limitBytes: mask.bytes, signal: expiry(LOOK_MS) }, ({ bytes }) =>
    made(bytes, mask, how, image),
  );
  await within(LOOK_MS, work).catch((error: unknown) => {
    if (error instanceof Problem && isOfMask(error)) throw error;
  });
}

const isOfMask = ({ reason: { kind } }: Problem) =>
  kind === "empty-mask" || kind === "nothing-transparent" || kind === "mask-shape";

const body = runningCommand({
  name: "edit",
  description: "Change a picture: by words, in a style, in a part of it, or its background",
  options: editOptions,
  examples: [{ image: { sample: "photo.png" }, background: "blur" }],

  /** Adds nothing: it only looks whether there is anything to paint, which is better said before the promise. */
  async prepare(request, services) {
    const { options } = request;
    const task = editTask(options);
    checkSizes(options);
    if (task.kind === "inpaint") await lookAt(maskOf(options, task), options.image, services);
    return request;
  },

  runs(request) {
    const task = editTask(request.options);
    checkSizes(request.options);
    return runsFor(task, request);
  },

  view: editView,

  actions: pictureActions,
});

export const edit = defineCommand(body);

/** On a message with a picture. */
export const removeBackground = defineMessageCommand({
  name: "Remove background",
  option: "image",
  body,
  preset: { background: "remove" },
});
