import { words } from "../locales/index.ts";
import type { Run } from "../services/jobs.ts";
import type { SharedAction } from "./actions.ts";
import { againButton, buttonsOf, filesOf, heading, isHidden, quietLines } from "./answer.ts";
import type { View, ViewFile } from "./command.ts";
import type { EditJob } from "./edit-options.ts";
import { editStyles } from "./edit-styles.ts";
import { fileStem } from "./file-stem.ts";
import { type PictureAction, pictureButtons } from "./picture-actions.ts";
import { backgroundOf, styleOfKey } from "./edit-task.ts";

const styleName = ({ request: { options, locale } }: EditJob) =>
  options.style === "all" ? words(locale).edit.everyStyle : options.style;

/** What was asked, in the words of the one who did. */
function asked(job: EditJob): string {
  const { image, background, prompt } = job.request.options;
  return [image.name, styleName(job), background, prompt].filter(Boolean).join(" · ");
}

/** What was done beside what the heading says. */
function facts(job: EditJob): string[] {
  const { options, locale } = job.request;
  const say = words(locale);
  const { fact } = say.edit;
  const { strength = "medium", mask, transparent, background } = options;
  const style = styleName(job);
  const seed = job.runs[0]?.input["seed"];
  const word = backgroundOf(options);
  const done = [
    style && fact.styled(style, strength),
    mask && fact.masked,
    transparent && fact.transparent,
    word === "remove" && fact.removed,
    word === "blur" && fact.blurred,
    background && !word && fact.behind,
    typeof seed === "number" && say.seed(seed),
  ];
  return done.filter((each) => typeof each === "string");
}

/** The picture's name and what it shows. */
function named({ request: { options, locale } }: EditJob, { key }: Run): { end: string; alt: string } {
  const { alt } = words(locale).edit;
  const { image, prompt = "", background, mask, transparent } = options;
  const style = styleOfKey(key);
  if (style)
    return {
      end: style.replaceAll(" ", "-"),
      alt: alt.styled(image.name, `${style} (${editStyles[style].into})`, prompt),
    };
  if (mask ?? transparent) return { end: "painted", alt: alt.painted(image.name, prompt) };
  const word = backgroundOf(options);
  if (word === "remove") return { end: "cutout", alt: alt.removed(image.name) };
  if (word === "blur") return { end: "blurred", alt: alt.blurred(image.name) };
  if (background) return { end: "background", alt: alt.behind(image.name, background) };
  return { end: "edited", alt: alt.changed(image.name, prompt) };
}

function filesMade(job: EditJob, run: Run): ViewFile[] {
  const { image, spoiler } = job.request.options;
  const { end, alt } = named(job, run);
  // Short, however often it is edited: it is chosen by this name.
  const name = `${fileStem(image.name.replace(/\.[^.]*$/, ""))}-${end}`;
  return filesOf(run).map((from) => ({ name, alt, spoiler: isHidden(spoiler, image), from }));
}

export function editView(job: EditJob): View<SharedAction | PictureAction> {
  const files = job.runs.flatMap((run) => filesMade(job, run));
  return {
    text: heading(asked(job), job.asker.name),
    quiet: quietLines(job, facts(job)),
    files,
    buttons: buttonsOf(job, [...pictureButtons(job, files.length), againButton(job)]),
  };
}
