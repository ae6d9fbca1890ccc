import { styleText } from "node:util";

export type Format = Parameters<typeof styleText>[0];

/** Gives text a look, where the terminal has one to give. */
export type Style = (format: Format, text: string) => string;

export const plain: Style = (_format, text) => text;
export const coloured: Style = (format, text) => styleText(format, text, { validateStream: false });

/** Colours where a person looks; NO_COLOR and terminals without colours are respected. */
export const styleFor = (stream: NodeJS.WriteStream): Style =>
  stream.isTTY && stream.hasColors() ? coloured : plain;
