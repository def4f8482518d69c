// The axes of charts: where values stand, and what is written beside them.
import { number } from "./dom.js";

export const space = { top: 12, right: 14, bottom: 38, left: 58 };

/** An element of SVG. */
export function s(name, attributes, ...children) {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes))
        if (value !== null && value !== undefined) element.setAttribute(key, value);
    element.append(...children);
    return element;
}

export const known = value => value !== null && value !== undefined && Number.isFinite(value);

/** About five round numbers between two. */
export function ticks(low, high, wanted = 5, whole = false) {
    const raw = (high - low) / wanted || 1,
        power = 10 ** Math.floor(Math.log10(raw));
    const round = [1, 2, 2.5, 5, 10].map(factor => factor * power).find(candidate => candidate >= raw * 0.99);
    const width = whole ? Math.max(1, Math.ceil(round)) : round,
        found = [];
    for (let at = Math.ceil(low / width) * width; at <= high + width * 1e-9; at += width)
        found.push(Math.abs(at) < width * 1e-9 ? 0 : at);
    return found;
}

/** As many of the texts that stand for 0, 1, 2 … as have room. */
const textTicks = (texts, width) => {
    const short = shorter(texts),
        longest = Math.max(...short.map(text => text.length));
    const step = Math.max(1, Math.ceil(texts.length / Math.max(2, Math.floor(width / (longest * 7.2 + 26)))));
    return short.map((text, at) => ({ at, text })).filter((_, i) => i % step === 0);
};

// Dates without the time of day if they are days apart, without seconds if these are always 0.
function shorter(texts) {
    const dates = texts.map(text => /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d)(:00)?$/.exec(text));
    if (!dates.every(Boolean)) return texts;
    const days = (Date.parse(dates.at(-1)[1]) - Date.parse(dates[0][1])) / 864e5;
    return dates.map(date => (days > 20 ? date[1] : `${date[1]} ${date[2]}`));
}

export function scales({ x, lines = [], bands = [], bars, levels = [], zero, height = 280 }, width) {
    const all = [
        ...lines.flatMap(line => line.values),
        ...bands.flatMap(band => [...band.low, ...band.high]),
        ...(bars?.values ?? []),
        ...levels.map(level => level.at),
    ].filter(known);
    let low = all.length ? Math.min(...all) : 0,
        high = all.length ? Math.max(...all) : 1;
    if (zero || bars) [low, high] = [Math.min(0, low), Math.max(0, high)];
    const room = high > low ? 0.06 * (high - low) : Math.abs(high) * 0.1 || 1;
    [low, high] = [bars && low === 0 ? 0 : low - room, high + room];
    const place = value => (x.log ? Math.log2(Math.max(value, x.values[0])) : value);
    const first = place(x.values[0]),
        last = place(x.values.at(-1)),
        half = bars ? (last - first) / Math.max(1, x.values.length - 1) / 2 : 0;
    const span = last - first + 2 * half || 1,
        inner = width - space.left - space.right;
    return {
        low,
        high,
        height,
        inner,
        step: inner / Math.max(1, x.values.length),
        across: value => space.left + (last === first ? 0.5 : (place(value) - first + half) / span) * inner,
        up: value => height - space.bottom - ((value - low) / (high - low)) * (height - space.top - space.bottom),
    };
}

export function drawAxes(svg, { x, unit, levels = [], mark }, scale, width) {
    for (const at of ticks(scale.low, scale.high))
        svg.append(
            s("line", { class: "grid", x1: space.left, x2: width - space.right, y1: scale.up(at), y2: scale.up(at) }),
            s("text", { x: space.left - 8, y: scale.up(at) + 4, "text-anchor": "end" }, number(at)),
        );
    const marks =
        x.ticks ??
        (x.texts
            ? textTicks(x.texts, scale.inner)
            : ticks(x.values[0], x.values.at(-1), Math.max(2, scale.inner / 90), x.whole).map(at => ({ at, text: number(at) })));
    for (const { at, text } of marks) {
        const place = scale.across(x.texts && !x.ticks ? x.values[at] : at),
            wide = text.length * 3.6;
        svg.append(
            s(
                "text",
                {
                    x: Math.min(Math.max(place, wide), width - wide),
                    y: scale.height - space.bottom + 18,
                    "text-anchor": "middle",
                },
                text,
            ),
        );
    }
    if (x.name)
        svg.append(
            s("text", { class: "name", x: space.left + scale.inner / 2, y: scale.height - 4, "text-anchor": "middle" }, x.name),
        );
    if (unit)
        svg.append(
            s(
                "text",
                { class: "name", transform: `translate(11,${scale.height / 2 - 10}) rotate(-90)`, "text-anchor": "middle" },
                unit,
            ),
        );
    for (const { at, name } of levels)
        svg.append(
            s("line", { class: "level", x1: space.left, x2: width - space.right, y1: scale.up(at), y2: scale.up(at) }),
            s("text", { x: space.left + 6, y: scale.up(at) - 5 }, name),
        );
    if (mark)
        svg.append(
            s("line", {
                class: "level",
                x1: scale.across(mark.at),
                x2: scale.across(mark.at),
                y1: space.top,
                y2: scale.height - space.bottom,
            }),
            s("text", { x: scale.across(mark.at) - 5, y: space.top + 10, "text-anchor": "end" }, mark.name),
        );
}
