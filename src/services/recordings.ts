import type { Attachment } from "./attachment.ts";

/** What people attach to have it heard: sound, or a film with sound. */
export interface Recordings {
  /** ffmpeg is there: long recordings are cut at silences. */
  readonly canCut: boolean;
  /**
   * Within about 1.2 s, reading only as many bytes as its container needs: the attachment with its true type and length.
   * What was looked into before is not looked into again.
   * @throws {Problem} empty-file, not-audio, no-sound (a film without sound), length-unknown, file-too-large, and what
   * `unavailable` says.
   */
  look(file: Attachment): Promise<Attachment>;
  /** What was kept of it on the disk is removed. */
  forget(file: Attachment): Promise<void>;
}
