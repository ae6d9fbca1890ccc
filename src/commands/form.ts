/** What a person fills in after a press, as plain data. Discord has room for this much and no more. */
export interface Form {
  /** 45 characters at the most. */
  title: string;
  /** One to five, by their names. */
  fields: Readonly<Record<string, Field>>;
}

export type Field = TextField | ChoiceField;

/** One of several has to be chosen. */
export interface ChoiceField {
  /** 45 characters at the most. */
  label: string;
  /** 1 to 25 of them, of 100 characters at the most. */
  choices: readonly { label: string; value: string }[];
}

export interface TextField {
  /** 45 characters at the most. */
  label: string;
  /** Several lines; one, if left out. */
  long?: boolean;
  /** Characters at the most; Discord's own bound is 4,000. */
  max?: number;
  required?: boolean;
  /** What stands in it when it opens. */
  value?: string;
}

/** What was entered, by the fields' names; empty where nothing was. */
export type Filled = Readonly<Record<string, string>>;
