// A table that becomes a column of cards on a narrow screen.  Its roles are stated because CSS takes them away there.
import { html } from "../html.js";

/**
 * `columns` are `{name, label, cell(row), number}`; the first one heads its row.  `rowKey(row)` tells rows apart.
 */
export function Table({ label, columns, rows, rowKey, kind = "" }) {
  return html`<table class=${kind} role="table" aria-label=${label}>
    <thead role="rowgroup">
      <tr role="row">${columns.map((column) => html`<th key=${column.name} role="columnheader" scope="col" class=${column.number ? "number" : null}>${column.label}</th>`)}</tr>
    </thead>
    <tbody role="rowgroup">${rows.map((row, index) => html`<${Row} key=${rowKey ? rowKey(row) : index} row=${row} columns=${columns} />`)}</tbody>
  </table>`;
}

function Row({ row, columns }) {
  return html`<tr role="row">${columns.map((column, index) => {
    const value = column.cell(row);
    const shape = column.number ? "number" : null;
    if (index === 0) return html`<th key=${column.name} role="rowheader" scope="row" data-label=${column.label} class=${shape}>${value}</th>`;
    return html`<td key=${column.name} role="cell" data-label=${column.label} class=${shape}>${value}</td>`;
  })}</tr>`;
}
