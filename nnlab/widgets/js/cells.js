// Where a cell stands in its grid, and what it is called. A cell is a number that counts through sheets and rows.

import { format } from "./numbers.js";

/** How many [sheets, rows, columns] a grid has. */
export const sides = ({ values: { shape } }) => (shape.length === 3 ? shape : [1, ...shape]);

/** The [sheet, row, column] of a cell. */
export function coordinates(spec, cell) {
  const [, rows, columns] = sides(spec);
  return [Math.floor(cell / (rows * columns)), Math.floor(cell / columns) % rows, cell % columns];
}

/** A cell's place as text, by names where there are some: "(1, 2)", "(red, 0, 2)", "(cat)". */
export function place(spec, cell) {
  const [sheet, row, column] = coordinates(spec, cell);
  const words = [spec.labels[column] ?? column];
  if (!spec.labels.length || sides(spec)[1] > 1) words.unshift(row);
  if (spec.values.shape.length === 3) words.unshift(spec.sheets[sheet] ?? sheet);
  return `(${words.join(", ")})`;
}

/** A cell's number as its grid prints it. */
export const shown = (spec, cell) => format(spec.values[cell], spec.digits);

/** A cell in words: "input (1, 2) = 3"; without a place where there is only one cell. */
export function described(spec, cell) {
  const name = spec.values.length === 1 ? spec.noun : `${spec.noun} ${place(spec, cell)}`;
  return `${name} = ${shown(spec, cell)}`;
}

/** The marks that a cell has. */
export const marksOf = (spec, cell) => spec.marks.filter((mark) => mark.cells[cell]);
