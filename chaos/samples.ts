import { picture, tone } from "../test/journeys/samples.ts";
import type { Upload } from "../sandbox/discord/person.ts";
import { tagName } from "./tag.ts";

/** A WAV file's samples begin after its header of 44 bytes; what they say is nobody's business. */
const WAV_HEADER = 44;

/** Files that know whose they are, also where Replicate gets nothing but their bytes. */
export async function createSamples() {
  const small = await picture(64, 48);
  return {
    /** As an output of a model. */
    png: small.data,
    // Whatever stands after a PNG's end is ignored.
    picture: (tag: number): Upload => ({
      ...small,
      name: `photo-${tagName(tag)}.png`,
      data: Buffer.concat([small.data, Buffer.from(` ${tagName(tag)} `)]),
    }),
    recording(tag: number): Upload {
      const upload = tone(1, `voice-${tagName(tag)}.wav`);
      const data = Buffer.from(upload.data);
      data.write(` ${tagName(tag)} `, WAV_HEADER, "latin1");
      return { ...upload, data };
    },
  };
}

export type Samples = Awaited<ReturnType<typeof createSamples>>;
