/** Rows of cells as text with columns of equal width, the first column to the left and the others to the right. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  const pad = (row: readonly string[]) => (width: number, column: number) =>
    column === 0 ? (row[column] ?? '').padEnd(width) : (row[column] ?? '').padStart(width);
  return rows.map((row) => widths.map(pad(row)).join('  ').trimEnd()).join('\n');
}
