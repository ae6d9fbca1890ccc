/** A table in Markdown, its first row the head, as the formatter aligns it. */
export function table(rows: string[][]): string {
  const widths = rows[0]!.map((_, column) => Math.max(3, ...rows.map((cells) => cells[column]!.length)));
  const line = (cells: string[], fill = " ") =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!, fill)).join(" | ")} |`;
  const [head, ...body] = rows;
  return [
    line(head!),
    line(
      widths.map(() => ""),
      "-",
    ),
    ...body.map((cells) => line(cells)),
  ].join("\n");
}
