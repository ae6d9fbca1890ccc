/** What a style adds to the words for a picture. */
interface PictureStyle {
  /** How the picture is made. */
  medium: string;
  details: string;
  /** What has no place in it, for models that can be told. */
  not: string;
}

/** How a picture can look, ready-made, by the names that people choose from. */
export const pictureStyles = {
  photo: {
    medium: "a photograph taken with a 50 mm lens in natural light",
    details: "true colours, shallow depth of field, real textures",
    not: "painting, drawing, illustration, cartoon, 3D render, plastic skin",
  },
  anime: {
    medium: "an anime key visual, drawn and cel-shaded",
    details: "clean line art, expressive eyes, bright flat colours, a painted background",
    not: "photograph, 3D render, realistic skin, film grain",
  },
  "oil painting": {
    medium: "an oil painting on canvas",
    details: "visible brush strokes, thick impasto highlights, rich glazed colours",
    not: "photograph, flat vector art, line art, digital gradient",
  },
  watercolour: {
    medium: "a watercolour on cold-pressed paper",
    details: "soft washes that bleed into each other, white paper left in the lights, loose pencil lines",
    not: "photograph, 3D render, hard outlines, saturated flat colours",
  },
  "digital art": {
    medium: "a polished digital painting",
    details: "dramatic rim light, fine rendering, a clear silhouette, atmospheric depth",
    not: "photograph, sketch, rough draft, film grain",
  },
  surreal: {
    medium: "a surrealist painting",
    details: "dream logic, impossible scale, calm light, long shadows, smooth careful brushwork",
    not: "ordinary scene, snapshot, comic lettering",
  },
  "pop art": {
    medium: "a pop art screen print",
    details: "bold black outlines, halftone dots, a few loud flat colours, high contrast",
    not: "photograph, soft gradient, muted colours, realistic shading",
  },
  minimalist: {
    medium: "a minimalist illustration",
    details: "few simple shapes, much empty space, two or three calm colours, no texture",
    not: "clutter, busy background, fine detail, photograph, ornament",
  },
  comic: {
    medium: "a comic book panel, inked and coloured",
    details: "strong ink lines, dynamic angle, spot blacks, flat cel colours",
    not: "photograph, 3D render, watercolour wash, blur",
  },
  cyberpunk: {
    medium: "a cyberpunk scene at night",
    details: "neon signs in magenta and cyan, wet reflections, haze, dense machinery",
    not: "daylight, countryside, pastel colours, medieval",
  },
} as const satisfies Record<string, PictureStyle>;

export type PictureStyleName = keyof typeof pictureStyles;
export const pictureStyleNames = Object.keys(pictureStyles) as PictureStyleName[];

/** What every picture that is to be good has, whatever its style. */
const DETAILS = "one clear focal point, coherent light, a composed foreground and background";
const QUALITY = "high detail, sharp where it matters, clean edges, balanced composition";

const ended = (words: string) => words.replace(/[\s.,;:]+$/, "");

/** The words as they are sent: in a style, and with more structure where that is wished. */
export function pictureWords(prompt: string, style?: PictureStyleName, enhance = false): string {
  const { medium, details }: Partial<PictureStyle> = style === undefined ? {} : pictureStyles[style];
  if (enhance)
    return [
      `Subject: ${ended(prompt)}.`,
      ...(medium === undefined ? [] : [`Style: ${medium}.`]),
      `Details: ${[details, DETAILS].filter(Boolean).join(", ")}.`,
      `Quality: ${QUALITY}.`,
    ].join("\n");
  return medium === undefined ? prompt : `${ended(prompt)}. Style: ${medium}; ${details}.`;
}
