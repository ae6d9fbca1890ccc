import type { Style } from "./style.ts";

const entries: readonly (readonly [string, string])[] = [
  ['/ask prompt:"why is the sky blue?"', "a slash command, its options as name:value"],
  ["/upscale image:./photo.png scale:4", "a path is an attachment"],
  [
    "/quota view user:@Mia",
    "people are @Ada, @Mia and @Oto; a role is @artists, or @&artists; a channel #bot-log",
  ],
  ["> Transcribe ./voice.ogg", "posts the file, and uses Transcribe on that message"],
  ["voice ./speech.ogg", "sends a voice message; as admin, /quota voice add:#general has it transcribed"],
  ["> Quota @Mia", "uses Quota on a person"],
  [
    "1",
    "presses the button [1], or chooses it from a list, also while the answer grows; a form asks for one field after the other",
  ],
  ["as admin", "types as Ada, who manages the server; also: member, other"],
  ["dm on", "goes to direct messages with the bot; dm off goes back"],
  ["quit", "or Ctrl-C, Ctrl-D"],
];

/** What can be typed. */
export function help(style: Style): string[] {
  const widest = Math.max(...entries.map(([typed]) => typed.length));
  return entries.map(([typed, about]) => `  ${style("cyan", typed.padEnd(widest))}  ${style("dim", about)}`);
}

/** What is said at the start. */
export const welcome = (style: Style, folder: string): string[] => [
  `${style("bold", "Replicord's sandbox.")} The bot is real; Discord, Replicate and all answers are made up.`,
  style("dim", `Files are saved in ${folder}`),
  `Type a command; Tab completes, ${style("cyan", "help")} shows more. For example:`,
  `  ${style("cyan", '/imagine prompt:"a lighthouse at dusk" count:2')}`,
];
