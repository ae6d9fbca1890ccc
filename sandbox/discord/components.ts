import {
  type APIAttachment,
  type APIMessageTopLevelComponent,
  ButtonStyle,
  ComponentType,
} from "discord-api-types/v10";
import * as z from "zod";

// components/reference: custom_id 1–100, button label 80, select 25 options, 5 buttons a row, 40 components.
const customId = z.string().min(1).max(100);
const problem = (discord: string, message: string) => ({ message, params: { discord } });

const button = z
  .looseObject({
    type: z.literal(ComponentType.Button),
    style: z.enum(ButtonStyle),
    label: z.string().max(80).nullish(),
    custom_id: customId.nullish(),
    url: z.string().max(512).nullish(),
  })
  .refine(
    ({ style, url }) => style !== ButtonStyle.Link || url,
    problem("BUTTON_COMPONENT_URL_REQUIRED", "A url is required"),
  )
  .refine(
    ({ style, custom_id }) => style >= ButtonStyle.Link || custom_id,
    problem("BUTTON_COMPONENT_CUSTOM_ID_REQUIRED", "A custom id required"),
  )
  .refine(
    ({ style, label, emoji }) => style === ButtonStyle.Premium || label || emoji,
    problem("BUTTON_COMPONENT_LABEL_REQUIRED", "A button needs a label or an emoji"),
  );

const option = z.looseObject({
  label: z.string().min(1).max(100),
  value: z.string().min(1).max(100),
  description: z.string().max(100).nullish(),
});
const select = z.looseObject({ custom_id: customId, placeholder: z.string().max(150).nullish() });
const stringSelect = select.extend({
  type: z.literal(ComponentType.StringSelect),
  options: z.array(option).min(1).max(25),
});
const otherSelect = select.extend({
  type: z.literal([
    ComponentType.UserSelect,
    ComponentType.RoleSelect,
    ComponentType.MentionableSelect,
    ComponentType.ChannelSelect,
  ]),
});

const actionRow = z
  .looseObject({
    type: z.literal(ComponentType.ActionRow),
    components: z
      .array(z.discriminatedUnion("type", [button, stringSelect, otherSelect]))
      .min(1)
      .max(5),
  })
  .refine(
    ({ components }) =>
      components.length === 1 || components.every(({ type }) => type === ComponentType.Button),
    problem("COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The specified component exceeds the maximum width"),
  );

const text = z.looseObject({
  type: z.literal(ComponentType.TextDisplay),
  content: z.string().min(1).max(4000),
});
const media = z.looseObject({ url: z.string().min(1).max(2048) });
const thumbnail = z.looseObject({ type: z.literal(ComponentType.Thumbnail), media });
const section = z.looseObject({
  type: z.literal(ComponentType.Section),
  components: z.array(text).min(1).max(3),
  accessory: z.discriminatedUnion("type", [button, thumbnail]),
});
const gallery = z.looseObject({
  type: z.literal(ComponentType.MediaGallery),
  items: z
    .array(z.looseObject({ media, description: z.string().max(1024).nullish() }))
    .min(1)
    .max(10),
});
const file = z.looseObject({ type: z.literal(ComponentType.File), file: media });
const separator = z.looseObject({ type: z.literal(ComponentType.Separator) });
const container = z.looseObject({
  type: z.literal(ComponentType.Container),
  components: z
    .array(z.discriminatedUnion("type", [actionRow, text, section, gallery, file, separator]))
    .min(1),
});

/** The components of a message of the old kind: action rows. */
export const rowsSchema = z.array(actionRow).max(5);
/** The components of a message with `IS_COMPONENTS_V2`. */
export const layoutSchema = z.array(
  z.discriminatedUnion("type", [actionRow, text, section, gallery, file, separator, container]),
);

const textInput = z.looseObject({
  type: z.literal(ComponentType.TextInput),
  custom_id: customId,
  style: z.literal([1, 2]),
  label: z.string().min(1).max(45).nullish(),
  value: z.string().max(4000).nullish(),
  placeholder: z.string().max(100).nullish(),
});
const fileUpload = z.looseObject({
  type: z.literal(ComponentType.FileUpload),
  custom_id: customId,
  min_values: z.number().min(0).max(10).nullish(),
  max_values: z.number().min(1).max(10).nullish(),
});
const choiceGroup = z.looseObject({
  type: z.literal([ComponentType.RadioGroup, ComponentType.CheckboxGroup, ComponentType.Checkbox]),
  custom_id: customId,
});

/** A form: title 45, custom_id 100, 1 to 5 components. */
export const modalSchema = z.looseObject({
  custom_id: customId,
  title: z.string().min(1).max(45),
  components: z
    .array(
      z.discriminatedUnion("type", [
        z.looseObject({ type: z.literal(ComponentType.ActionRow), components: z.array(textInput).length(1) }),
        z.looseObject({
          type: z.literal(ComponentType.Label),
          label: z.string().min(1).max(45),
          description: z.string().max(100).nullish(),
          component: z.discriminatedUnion("type", [
            textInput,
            fileUpload,
            choiceGroup,
            stringSelect,
            otherSelect,
          ]),
        }),
        text,
      ]),
    )
    .min(1)
    .max(5),
});

/** Any component, as a walk through a tree of them meets it. */
export interface Node {
  type: ComponentType;
  id?: number;
  custom_id?: string;
  content?: string;
  components?: Node[];
  accessory?: Node;
  component?: Node;
  [field: string]: unknown;
}

/** All components, parents first. */
export function flatten(components: readonly unknown[]): Node[] {
  return (components as Node[]).flatMap((each) => [
    each,
    ...flatten([
      ...(each.components ?? []),
      ...(each.accessory ? [each.accessory] : []),
      ...(each.component ? [each.component] : []),
    ]),
  ]);
}

const isMedia = (value: unknown): value is { url: string } =>
  typeof value === "object" && value !== null && "url" in value && typeof value.url === "string";

/** Components as Discord gives them back: numbered, with defaults, and `attachment://name` resolved. */
export function finishComponents(
  components: readonly unknown[],
  attachments: APIAttachment[],
  nextId: () => string,
): APIMessageTopLevelComponent[] {
  const tree = structuredClone(components) as Node[];
  const resolve = ({ url }: { url: string }) => {
    const attached = attachments.find(({ filename }) => url === `attachment://${filename}`);
    const at = attached?.url ?? url;
    return {
      id: nextId(),
      url: at,
      proxy_url: at,
      width: attached?.width ?? null,
      height: attached?.height ?? null,
      content_type: attached?.content_type ?? null,
      ...(attached && { attachment_id: attached.id }),
    };
  };
  const withMedia = (node: Node): Node => {
    if (isMedia(node["media"])) node["media"] = resolve(node["media"]);
    return Object.assign(node, {
      description: node["description"] ?? null,
      spoiler: node["spoiler"] ?? false,
    });
  };
  flatten(tree).forEach((node, index) => {
    node.id ||= index + 1;
    if (node.type === ComponentType.StringSelect)
      Object.assign(node, { min_values: 1, max_values: 1, ...node });
    if (node.type === ComponentType.Separator) Object.assign(node, { divider: true, spacing: 1, ...node });
    if (node.type === ComponentType.Container)
      Object.assign(node, { accent_color: null, spoiler: false, ...node });
    if (node.type === ComponentType.Thumbnail) withMedia(node);
    if (node.type === ComponentType.MediaGallery) (node["items"] as Node[]).forEach(withMedia);
    if (node.type === ComponentType.File && isMedia(node["file"])) {
      const attached = attachments.find(
        ({ filename }) => (node["file"] as { url: string }).url === `attachment://${filename}`,
      );
      Object.assign(node, {
        file: resolve(node["file"]),
        name: attached?.filename ?? null,
        size: attached?.size ?? null,
        spoiler: node["spoiler"] ?? false,
      });
    }
  });
  return tree as unknown as APIMessageTopLevelComponent[];
}
