// Elements, texts and numbers of the pages.

/** Makes an element: h("p", { class: "soft" }, "text", other). A property that begins with "on" is a listener. */
export function h(name, properties = {}, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(properties)) {
        if (value === undefined || value === null || value === false) continue;
        if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
        else if (value === true) element.setAttribute(key, "");
        else if (key === "value") element.value = value;
        else element.setAttribute(key, value);
    }
    element.append(...children.flat(Infinity).filter(child => child !== null && child !== undefined && child !== false));
    return element;
}

export const number = (value, digits = 4) =>
    value === null || value === undefined || !Number.isFinite(value)
        ? "–"
        : Math.abs(value) >= 1e6 || (value !== 0 && Math.abs(value) < 1e-4)
          ? value.toExponential(2)
          : Number(value.toPrecision(digits)).toLocaleString("en", { maximumFractionDigits: 6 });

export const count = value => value.toLocaleString("en");

export const percent = value => (Number.isFinite(value) ? `${number(100 * value, 3)} %` : "–");

export function duration(seconds) {
    if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return "–";
    const whole = Math.round(seconds);
    if (whole < 60) return `${whole} s`;
    const minutes = Math.floor(whole / 60);
    return minutes < 60 ? `${minutes} min ${whole % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export const when = text =>
    new Date(text).toLocaleString("en", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

/** "1 step", "2 steps". */
export const some = (value, one, many = one + "s") => `${count(value)} ${value === 1 ? one : many}`;

/** A table: heads are texts, rows are lists of cells; the first cell of a row is its head. Numbers stand on the right. */
export function table(caption, heads, rows, properties = {}) {
    return h(
        "div",
        { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
        h(
            "table",
            properties,
            h("caption", { class: "hidden" }, caption),
            h(
                "thead",
                {},
                h(
                    "tr",
                    {},
                    heads.map(head => h("th", { scope: "col" }, head)),
                ),
            ),
            h(
                "tbody",
                {},
                rows.map(cells =>
                    h(
                        "tr",
                        cells.row ?? {},
                        (cells.cells ?? cells).map((cell, i) => (i === 0 ? h("th", { scope: "row" }, cell) : h("td", {}, cell))),
                    ),
                ),
            ),
        ),
    );
}

/** Something is wrong: said where it is. */
export const alert = (text, kind = "bad") => h("div", { class: `alert ${kind}`, role: kind === "bad" ? "alert" : "note" }, text);

/** For readers who do not see the page change. */
export function say(text) {
    document.getElementById("live").textContent = text;
}

export const facts = (...pairs) =>
    h(
        "dl",
        { class: "facts" },
        pairs.filter(Boolean).map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))),
    );
