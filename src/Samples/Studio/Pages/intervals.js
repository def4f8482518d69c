// Values with their intervals, one below the other.
import { known, s } from "./axes.js";
import { h, number, table } from "./dom.js";

/** Values with their intervals, one below the other. */
export function intervals(title, rows, unit) {
    const all = rows.flatMap(row => [row.value, row.low, row.high]).filter(known);
    const low = Math.min(...all),
        high = Math.max(...all),
        span = high - low || 1;
    const place = value => `${((100 * (value - low)) / span).toFixed(2)}`;
    return h(
        "figure",
        { class: "chart intervals" },
        h("figcaption", {}, h("strong", {}, title), h("span", { class: "soft" }, unit)),
        h(
            "div",
            { class: "dots", "aria-hidden": "true" },
            rows.map(row => [
                h("span", { class: "who" }, row.name),
                s(
                    "svg",
                    { class: "track", height: 22 },
                    s("line", { class: "grid", x1: "0%", x2: "100%", y1: 11, y2: 11 }),
                    known(row.low)
                        ? s("line", {
                              class: `range ${row.kind}`,
                              x1: `${place(row.low)}%`,
                              x2: `${place(row.high)}%`,
                              y1: 11,
                              y2: 11,
                          })
                        : "",
                    s("circle", { class: `dot ${row.kind}`, cx: `${place(row.value)}%`, cy: 11, r: 5 }),
                ),
                h("span", { class: "value" }, number(row.value)),
            ]),
        ),
        h(
            "details",
            { class: "as-table" },
            h("summary", {}, "As a table", h("span", { class: "hidden" }, `: ${title}`)),
            table(
                title,
                ["model", "error", "from", "to"],
                rows.map(row => [row.name, number(row.value), number(row.low), number(row.high)]),
            ),
        ),
    );
}
