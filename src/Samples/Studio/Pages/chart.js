// Charts as SVG, drawn at the width that they have, with a table of the same values for those who do not see them.
import { drawAxes, known, s, scales, space } from "./axes.js";
import { h, number, table } from "./dom.js";

/**
 * A chart.
 * @param options title; x: { values, texts, log, name }; lines: [{ name, values, kind, dashed, dots, from }]; bands: [{ name, low, high, kind, from }];
 * levels: [{ at, name }]; mark: { at, name }; unit: what stands upwards; height; zero: whether 0 is shown; bars; note.
 */
export function chart(options) {
    const figure = h("figure", { class: "chart" }),
        caption = h("figcaption", {}),
        frame = h("div", { class: "frame" });
    const state = { options, frame };
    const describe = () => {
        const { title, note } = state.options;
        caption.replaceChildren(
            h("strong", {}, title),
            legend(state.options) ?? "",
            note ? h("span", { class: "soft" }, note) : "",
        );
    };
    describe();
    figure.append(caption, frame, asTable(state));
    new ResizeObserver(() => draw(state)).observe(frame);
    figure.update = changed => {
        state.options = { ...state.options, ...changed };
        describe();
        draw(state);
        state.refresh();
    };
    return figure;
}

function legend(options) {
    const entries = [...(options.lines ?? []), ...(options.bands ?? []).map(band => ({ ...band, band: true }))].filter(
        one => one.name && !one.quiet,
    );
    return entries.length < 2
        ? null
        : h(
              "span",
              { class: "legend" },
              entries.map(one =>
                  h("span", {}, h("i", { class: `key ${one.kind} ${one.band ? "band" : one.dashed ? "dashed" : ""}` }), one.name),
              ),
          );
}

// Rows are made when the table is opened: there may be many.
function asTable(state) {
    const body = h("div", {});
    const details = h(
        "details",
        { class: "as-table" },
        h("summary", {}, "As a table", h("span", { class: "hidden" }, `: ${state.options.title}`)),
        body,
    );
    state.refresh = () => {
        if (!details.open) return;
        const { x, lines = [], bands = [], bars, title } = state.options;
        const heads = [
            x.name ?? "",
            ...lines.map(line => line.name),
            ...(bars ? [bars.name] : []),
            ...bands.flatMap(band => [`${band.name}, from`, `${band.name}, to`]),
        ];
        const at = (values, i, from = 0) => number(values[i - from]);
        const rows = x.values.map((value, i) => [
            x.texts?.[i] ?? number(value),
            ...lines.map(line => at(line.values, i, line.from)),
            ...(bars ? [number(bars.values[i])] : []),
            ...bands.flatMap(band => [at(band.low, i, band.from), at(band.high, i, band.from)]),
        ]);
        body.replaceChildren(table(title, heads, rows));
    };
    details.addEventListener("toggle", state.refresh);
    return details;
}

function draw(state) {
    const { options, frame } = state,
        width = frame.clientWidth;
    if (width < 40 || options.x.values.length === 0) return;
    const scale = scales(options, width),
        { x } = options;
    const svg = s("svg", {
        width,
        height: scale.height,
        viewBox: `0 0 ${width} ${scale.height}`,
        role: "img",
        "aria-label": `${options.title}. The values are in the table below.`,
    });
    drawAxes(svg, options, scale, width);
    for (const { low, high, kind, from = 0 } of options.bands ?? []) {
        const points = low.map((value, i) => [x.values[i + from], value, high[i]]).filter(([, a, b]) => known(a) && known(b));
        svg.append(
            s("polygon", {
                class: `band ${kind}`,
                points: [
                    ...points.map(([at, , top]) => `${scale.across(at)},${scale.up(top)}`),
                    ...points.reverse().map(([at, bottom]) => `${scale.across(at)},${scale.up(bottom)}`),
                ].join(" "),
            }),
        );
    }
    options.bars?.values.forEach((value, i) =>
        svg.append(
            s("rect", {
                class: `bar ${options.bars.kind}`,
                x: scale.across(x.values[i]) - scale.step * 0.42,
                width: scale.step * 0.84,
                y: Math.min(scale.up(0), scale.up(value)),
                height: Math.abs(scale.up(value) - scale.up(0)),
                rx: 2,
            }),
        ),
    );
    for (const line of options.lines ?? []) drawLine(svg, line, x, scale);
    frame.replaceChildren(svg, pointer(svg, options, scale));
}

function drawLine(svg, { values, kind, dashed, dots, from = 0 }, x, scale) {
    const parts = [[]];
    values.forEach((value, i) =>
        known(value)
            ? parts.at(-1).push(`${scale.across(x.values[i + from]).toFixed(1)},${scale.up(value).toFixed(1)}`)
            : parts.at(-1).length && parts.push([]),
    );
    for (const part of parts.filter(one => one.length))
        svg.append(s("polyline", { class: `line ${kind}${dashed ? " dashed" : ""}`, points: part.join(" ") }));
    if (dots || values.filter(known).length === 1)
        values.forEach(
            (value, i) =>
                known(value) &&
                svg.append(
                    s("circle", { class: `dot ${kind}`, cx: scale.across(x.values[i + from]), cy: scale.up(value), r: 3.2 }),
                ),
        );
}

// The values under the pointer.
function pointer(svg, { x, lines = [], bands = [], bars }, scale) {
    const line = s("line", { class: "cursor", y1: space.top, y2: scale.height - space.bottom, visibility: "hidden" });
    const tip = h("div", { class: "tip", hidden: true, "aria-hidden": "true" });
    svg.append(line);
    svg.addEventListener("pointerleave", () => {
        tip.hidden = true;
        line.setAttribute("visibility", "hidden");
    });
    svg.addEventListener("pointermove", event => {
        const places = x.values.map(value => Math.abs(scale.across(value) - event.offsetX)),
            i = places.indexOf(Math.min(...places));
        const at = scale.across(x.values[i]);
        const told = [
            ...lines.map(one => [one.name, one.kind, one.values[i - (one.from ?? 0)]]),
            ...(bars ? [[bars.name, bars.kind, bars.values[i]]] : []),
        ].filter(([, , value]) => known(value));
        const around = bands
            .map(one => [one.name, one.kind, one.low[i - (one.from ?? 0)], one.high[i - (one.from ?? 0)]])
            .filter(([, , low]) => known(low));
        if (told.length + around.length === 0) return;
        line.setAttribute("x1", at);
        line.setAttribute("x2", at);
        line.setAttribute("visibility", "visible");
        tip.replaceChildren(
            h("b", {}, x.texts?.[i] ?? number(x.values[i])),
            ...told.map(([name, kind, value]) => h("span", {}, h("i", { class: `key ${kind}` }), `${name} ${number(value)}`)),
            ...around.map(([name, kind, low, high]) =>
                h("span", {}, h("i", { class: `key band ${kind}` }), `${name} ${number(low)} to ${number(high)}`),
            ),
        );
        tip.hidden = false;
        const right = at > scale.inner / 2 + space.left;
        tip.style.left = right ? "" : `${at + 12}px`;
        tip.style.right = right ? `${svg.clientWidth - at + 12}px` : "";
    });
    return tip;
}
