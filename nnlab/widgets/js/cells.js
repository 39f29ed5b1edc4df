// Where a cell stands in its grid, and what it is called. A cell is a number that counts through sheets and rows.

import { format } from "./numbers.js";

/** How many [sheets, rows, columns] a grid has. */
export const sides = ({ values: { shape } }) => (shape.length === 3 ? shape : [1, ...shape]);

/** The [sheet, row, column] of a cell. */
export function coordinates(spec, cell) {
  const [, rows, columns] = sides(spec);
  return [Math.floor(cell / (rows * columns)), Math.floor(cell / columns) % rows, cell % columns];
}

/** A cell's place as text, by names where there are some: "(1, 2)", "(red, 0, 2)", "(cat)"; "" for the only cell. */
export function place(spec, cell) {
  if (spec.values.length === 1) return "";
  const [sheet, row, column] = coordinates(spec, cell);
  const words = [spec.labels[column] ?? column];
  if (!spec.labels.length || sides(spec)[1] > 1) words.unshift(row);
  if (spec.values.shape.length === 3) words.unshift(spec.sheets[sheet] ?? sheet);
  return `(${words.join(", ")})`;
}

/** A cell's number as its grid prints it, unless it is hidden. */
export const shown = (spec, cell) => (spec.waits?.(cell) ? "?" : format(spec.values[cell], spec.digits));

/** What a cell is called: "input (1, 2)". */
export const called = (spec, cell) => [spec.noun, place(spec, cell)].filter(Boolean).join(" ");

/** A cell in words: "input (1, 2) = 3". */
export const described = (spec, cell) => `${called(spec, cell)} = ${shown(spec, cell)}`;

/** The marks that a cell has. */
export const marksOf = (spec, cell) => spec.marks.filter((mark) => mark.cells[cell]);
