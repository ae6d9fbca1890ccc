/** A style that a picture can be redrawn in: what it is called, and what an edit model is told of it. */
interface EditStyle {
  /** What the picture becomes. */
  into: string;
  /** What makes it that. */
  look: string;
  /** What would spoil it. */
  avoid: string;
}

export const editStyles = {
  anime: {
    into: "a still of a hand-drawn anime film",
    look: "clean ink outlines, flat cel shading in two or three tones, large expressive eyes, painted backgrounds",
    avoid: "photographic skin, 3D rendering, film grain",
  },
  "oil painting": {
    into: "an oil painting on canvas",
    look: "visible brush strokes, thick impasto in the lights, rich layered colours, the canvas showing through",
    avoid: "smooth digital gradients, hard outlines, a frame around it",
  },
  watercolour: {
    into: "a watercolour on cold-pressed paper",
    look: "transparent washes that run into each other, soft edges, the white of the paper as light, pigment gathered where it dried",
    avoid: "opaque paint, black outlines, hard digital edges",
  },
  "pencil sketch": {
    into: "a graphite pencil sketch on white paper",
    look: "loose contour lines, hatching and cross-hatching for shade, smudged half-tones, greys only",
    avoid: "colour, ink, photographic shading",
  },
  cyberpunk: {
    into: "a scene of a cyberpunk city at night",
    look: "neon magenta and cyan light, wet reflecting surfaces, haze, glowing signs, high contrast with deep shadows",
    avoid: "daylight, pastel colours, other people or vehicles than there are",
  },
  vintage: {
    into: "a photograph of the 1970s",
    look: "faded warm colours, raised blacks, soft focus, fine film grain, a little light leaking in at an edge",
    avoid: "saturated digital colours, sharpening, a date stamp or a border",
  },
  "pixel art": {
    into: "16-bit pixel art of a video game",
    look: "a coarse grid of square pixels, a palette of some thirty colours, dithering in the gradients, one dark outline",
    avoid: "blur, anti-aliasing, pixels of different sizes",
  },
} as const satisfies Record<string, EditStyle>;

export type EditStyleName = keyof typeof editStyles;
export const editStyleNames = Object.keys(editStyles) as EditStyleName[];

export const strengths = ["light", "medium", "strong"] as const;
export type Strength = (typeof strengths)[number];

const howFar: Record<Strength, string> = {
  light:
    "Only a hint of it: colours, light and details stay those of the original, and the style shows in lines and texture.",
  medium: "Clearly in this style, and everything is still recognised at the first look.",
  strong:
    "Wholly in this style: colours, light, lines and texture are all its own, as if it had never been anything else.",
};

const UNCHANGED =
  "Composition, framing, poses, facial features and expressions, the number of people and things, and any writing.";

/** What an edit model is told, so that it redraws the picture in this style. */
export function styleInstruction(name: EditStyleName, strength: Strength, prompt?: string): string {
  const { into, look, avoid } = editStyles[name];
  return [
    `Redraw this picture as ${into}.`,
    `Style: ${look}.`,
    `Strength: ${howFar[strength]}`,
    `Keep: ${UNCHANGED}`,
    `Avoid: ${avoid}.`,
    ...(prompt ? [`Also change: ${prompt}`] : []),
  ].join("\n");
}

/** What an edit model is told, so that only what is behind the subject changes. */
export const backgroundInstruction = (background: string): string =>
  [
    `Replace only the background of this picture. New background: ${background}`,
    "Keep: The subject in front exactly as it is: its shape, face, pose, clothes, colours, size and place in the picture.",
    "Blend: The light, shadows and colour cast at the subject's edges fit the new background.",
    "Avoid: Cutting off or adding parts of the subject, halos around it, writing.",
  ].join("\n");
