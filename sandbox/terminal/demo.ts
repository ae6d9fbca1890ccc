import type { Play } from "./unattended.ts";

const member = (line: string): Play => ({ line, as: "member", dm: false });

const admin = (line: string): Play => ({ line, as: "admin", dm: false });

/** Every command once. */
export const demo: readonly Play[] = [
  member('/imagine prompt:"a lighthouse at dusk" count:2'),
  member("/upscale image:./sandbox/samples/photo.png scale:4"),
  member("/transcribe audio:./sandbox/samples/speech.ogg"),
  member("> Transcribe ./sandbox/samples/speech.ogg"),
  member('/ask prompt:"why is the sky blue?"'),
  member("/jobs"),
  member("/usage"),
  admin("/quota view user:@Mia"),
  admin("> Quota @Mia"),
  admin("/models list"),
];
