/** What people read under and around pictures, in English. */
export const pictures = {
  pictureButtons: { animate: "Animate", removeBackground: "Remove background", edit: "Edit" },
  styleOfEach: "Style: another one for each picture.",
  pictureForms: {
    which: "Which picture",
    edit: "Edit a picture",
    change: "What to change",
    animate: "Make a film of a picture",
    motion: "What should happen; left empty it is cheaper",
    background: "Remove a background",
  },
};
