import { words } from "../locales/index.ts";
import type { Attachment } from "../services/attachment.ts";
import { Problem } from "../services/problem.ts";
import { isPrivate } from "./answer.ts";
import type { Button, JobOf } from "./command.ts";
import type { Field, Filled } from "./form.ts";
import type { Action, Press, Wanted } from "./press.ts";

/** As much as a form's field holds beside the words that the commands add. */
const MAX_WORDS = 1_500;

/** Whatever the job is that the picture belongs to: what comes of it is another command's. */
type OnPicture = Action<never>;
type PicturePress = Press<never>;

const picturesOn = ({ attachments }: PicturePress): readonly Attachment[] =>
  attachments.filter(({ contentType }) => contentType.startsWith("image/"));

/** A choice has 100 characters at the most (Discord); what we post has shorter names. */
const chosenAs = (name: string) => name.slice(0, 100);

/**
 * The picture that a press is about: the one that was chosen, or the only one.
 * @throws {Problem} gone, where somebody took it away.
 */
function pictureOf(press: PicturePress, { picture }: Filled = {}): Attachment {
  const pictures = picturesOn(press);
  const found = pictures.length === 1 ? pictures[0] : pictures.find(({ name }) => chosenAs(name) === picture);
  if (!found) throw new Problem({ kind: "gone" });
  return found;
}

/** What grows out of a picture is as hidden as it was. */
const onward = (press: PicturePress, image: Attachment, options: Record<string, unknown>) => ({
  image,
  ...options,
  ...(image.spoiler ? { spoiler: true } : {}),
  private: isPrivate(press.job),
});

/** @throws {Problem} gone, where none is left. */
function choiceOf(press: PicturePress): Record<string, Field> {
  const choices = picturesOn(press).map(({ name }) => ({ label: chosenAs(name), value: chosenAs(name) }));
  if (choices.length === 0) throw new Problem({ kind: "gone" });
  return { picture: { label: words(press.locale).pictureForms.which, choices } };
}

const choiceOfSeveral = (press: PicturePress) => (picturesOn(press).length === 1 ? {} : choiceOf(press));

const edited = (press: PicturePress, image: Attachment, options: Record<string, unknown>): Wanted<never> => ({
  command: "edit",
  options: onward(press, image, options),
});

const edit: OnPicture = {
  kind: "form",
  form(press) {
    const { edit: title, change: label } = words(press.locale).pictureForms;
    return {
      title,
      fields: { ...choiceOfSeveral(press), prompt: { label, long: true, max: MAX_WORDS, required: true } },
    };
  },
  request: (press, filled) => edited(press, pictureOf(press, filled), { prompt: filled["prompt"] ?? "" }),
};

const animate: OnPicture = {
  kind: "form",
  form(press) {
    const { animate: title, motion: label } = words(press.locale).pictureForms;
    return { title, fields: { ...choiceOfSeveral(press), prompt: { label, long: true, max: MAX_WORDS } } };
  },
  request: (press, filled) => ({
    command: "animate",
    options: onward(press, pictureOf(press, filled), filled["prompt"] ? { prompt: filled["prompt"] } : {}),
  }),
};

/** Of the only picture; nothing has to be asked. */
const removeBackground: OnPicture = {
  kind: "run",
  request: (press) => edited(press, pictureOf(press), { background: "remove" }),
};

const removeBackgroundOf: OnPicture = {
  kind: "form",
  form: (press) => ({ title: words(press.locale).pictureForms.background, fields: choiceOf(press) }),
  request: (press, filled) => edited(press, pictureOf(press, filled), { background: "remove" }),
};

/** What can be done with any picture that was made, by the commands that do it. */
export const pictureActions = {
  animate,
  "remove-background": removeBackground,
  "remove-background-of": removeBackgroundOf,
  edit,
} satisfies Record<string, OnPicture>;

export type PictureAction = keyof typeof pictureActions;

/** Their buttons under an answer with so many pictures. */
export function pictureButtons({ request }: JobOf<unknown>, pictures: number): Button<PictureAction>[] {
  if (pictures === 0) return [];
  const say = words(request.locale).pictureButtons;
  return [
    { label: say.animate, action: "animate" },
    { label: say.removeBackground, action: pictures === 1 ? "remove-background" : "remove-background-of" },
    { label: say.edit, action: "edit" },
  ];
}
