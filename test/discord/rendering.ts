import { rules, SimpleMarkdown } from "discord-markdown-parser";

/** What is seen of Markdown: each letter, mention or list marker with what it looks like, as `a em strong`. */
export type Rendering = string[];

type Node = ReturnType<ReturnType<typeof SimpleMarkdown.parserFor>>[number];

const { link, list } = SimpleMarkdown.defaultRules;

/** As Discord has changed it: a dash after a mention and a space is none of a list. */
const match: typeof list.match = (source, state, before) =>
  /^ +$/.test(before) ? null : list.match(source, state, before);

// The package's own rules with masked links and lists, which it leaves to simple-markdown.
const parser = SimpleMarkdown.parserFor({ ...rules, link, list: { ...list, match } });

/** `_list` lets simple-markdown see lists outside of its own blocks. */
const parse = (markdown: string) => parser(markdown.trim(), { inline: true, _list: true });

const nodesOf = ({ content }: Node): Node[] => (Array.isArray(content) ? (content as Node[]) : []);

const look = (styles: ReadonlySet<string>) => [...styles].sort().join(" ");

/** Every letter that is no white space. */
const letters = (text: string, styles: ReadonlySet<string>) =>
  Array.from(text.replaceAll(/[\s\u200B]/g, ""), (letter) => `${letter} ${look(styles)}`);

/** The rows of a table in a code block, but for the line under the first, cells only. */
const rowsOf = (code: string) => code.split("\n").filter((row) => !/^\|[\s|:-]*$/.test(row));

function tableLetters(code: string, heads: Set<string>): Rendering {
  const [head = "", ...rows] = rowsOf(code).map((row) => row.replaceAll(/[\s|]/g, ""));
  // The part of a table that is shown in the next message has its head again.
  const fresh = heads.has(head) ? rows : [head, ...rows];
  heads.add(head);
  return letters(fresh.join(""), new Set(["table"]));
}

function listLetters(node: Node, styles: ReadonlySet<string>, heads: Set<string>): Rendering {
  const items = node["items"] as Node[][];
  return items.flatMap((item, index) => {
    const marker = node["ordered"] ? `${Number(node["start"]) + index}.` : "•";
    const all = [`${marker} ${look(styles)}`, ...lettersOf(item, styles, heads)];
    // An item that is there again so that its list goes on below.
    return all[1]?.startsWith("…") ? all.slice(2) : all;
  });
}

function lettersOf(nodes: readonly Node[], styles: ReadonlySet<string>, heads: Set<string>): Rendering {
  return nodes.flatMap((node) => {
    const { type, content } = node;
    const within = (style: string) => new Set([...styles, style]);
    if (type === "text") return letters(String(content), styles);
    if (type === "br") return [];
    if (type === "list") return listLetters(node, styles, heads);
    if (type === "inlineCode") return letters(String(content), within("code"));
    if (type === "codeBlock" && String(content).startsWith("|")) return tableLetters(String(content), heads);
    if (type === "codeBlock") return letters(String(content), within(`block(${String(node["lang"])})`));
    if (type === "heading") return lettersOf(nodesOf(node), within(`h${String(node["level"])}`), heads);
    if (node["target"]) return lettersOf(nodesOf(node), within(`link(${String(node["target"])})`), heads);
    if (Array.isArray(content)) return lettersOf(nodesOf(node), within(type), heads);
    return [`${type} ${String(node["id"] ?? node["name"] ?? node["timestamp"])} ${look(styles)}`];
  });
}

/** What is seen of these messages, one after the other. Each is parsed alone. */
export function rendering(messages: readonly string[]): Rendering {
  const heads = new Set<string>();
  return messages.flatMap((message) => lettersOf(parse(message), new Set(), heads));
}
