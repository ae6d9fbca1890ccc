/** Where a product stands, and in what light. */
export const backgrounds = {
  studio: "on a seamless light grey studio backdrop, soft box light from both sides, a faint shadow under it",
  lifestyle:
    "in the everyday place where it is used, natural window light, the surroundings softly out of focus",
  minimal:
    "on a plain surface in one pale colour, one hard light, a crisp shadow, much empty space around it",
  nature: "outdoors on stone and moss, early morning light, plants softly out of focus behind it",
} as const;

export type Background = keyof typeof backgrounds;

/** What is taken away again afterwards: it must not be taken for a part of the product. */
const TO_BE_CUT = "on a plain white background, even light, no shadow, nothing else in the picture";

/** Angles that have a name; whatever else somebody writes is said to the model as it is. */
const angles: Readonly<Record<string, string>> = {
  front: "seen straight from the front at eye level",
  "45°": "seen at an angle of 45 degrees from the front, slightly from above",
  side: "seen exactly from the side at eye level",
  back: "seen straight from behind at eye level",
  top: "seen straight from above, lying flat",
  detail: "a close-up of its surface and material",
};

export const knownAngles: readonly string[] = Object.keys(angles);
export const DEFAULT_ANGLES: readonly string[] = ["front", "45°", "side"];

export interface Product {
  name: string;
  description?: string | undefined;
  background: Background | undefined;
  transparent: boolean;
}

const SENTENCE_END = /[.!?\s]+$/;

const knownAngle = (angle: string): string | undefined =>
  Object.hasOwn(angles, angle.toLowerCase()) ? angles[angle.toLowerCase()] : undefined;

/** What a model is told for one picture: what it is, how it is seen, where it stands, and how it is photographed. */
export function shotPrompt({ name, description, background, transparent }: Product, angle: string): string {
  const place = background || !transparent ? backgrounds[background ?? "studio"] : TO_BE_CUT;
  return [
    `Product photograph of ${name.replace(SENTENCE_END, "")}`,
    ...(description ? [description.replace(SENTENCE_END, "")] : []),
    `The product is ${knownAngle(angle) ?? `seen like this: ${angle}`}, the whole of it in the picture`,
    `It stands ${place}`,
    "Sharp focus, true colours, fine detail, photographed for a shop, no text, no watermark, no hands",
  ]
    .join(". ")
    .concat(".");
}
