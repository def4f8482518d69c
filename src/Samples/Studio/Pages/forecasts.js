// The forecasts of a model: a fan over the origins of the past, and its errors.
import { chart } from "./chart.js";
import { count, facts, h, number, percent, table } from "./dom.js";

/** A fan chart with a slider over origins; the last one is the future. */
export function fan(values) {
    const holder = h("div", {}),
        state = { series: 0, target: 0, place: 0 };
    const origins = () => [
        ...values.origins.filter(one => one.series === state.series),
        ...values.ahead.filter(one => one.series === state.series),
    ];
    const slider = h("input", {
        id: "origin",
        type: "range",
        min: "0",
        step: "1",
        oninput: () => {
            state.place = Number(slider.value);
            draw();
        },
    });
    const told = h("output", { for: "origin" });
    let figure = null;
    const draw = () => {
        const all = origins(),
            series = values.series[state.series];
        state.place = Math.min(state.place, all.length - 1);
        slider.max = `${all.length - 1}`;
        slider.value = `${state.place}`;
        const origin = all[state.place],
            isAhead = state.place === all.length - 1;
        const time = series.times[origin.row],
            text = isAhead ? `after ${time}: what comes next` : `made at ${time}`;
        told.textContent = text;
        slider.setAttribute("aria-valuetext", text);
        const options = drawing(values, series, origin, { target: state.target, text, isAhead });
        if (figure) figure.update(options);
        else holder.replaceChildren((figure = chart(options)));
    };
    const reset = change => {
        Object.assign(state, change);
        state.place = origins().length - 1;
        draw();
    };
    const picker = (id, label, texts, change) =>
        texts.length < 2
            ? null
            : [
                  h("label", { for: id }, label),
                  h(
                      "select",
                      { id, onchange: event => change(Number(event.target.value)) },
                      texts.map((text, i) => h("option", { value: `${i}` }, text)),
                  ),
              ];
    const block = h(
        "div",
        { class: "card" },
        h(
            "div",
            { class: "row" },
            picker(
                "fan-series",
                "Series",
                values.series.map(series => series.key ?? ""),
                series => reset({ series }),
            ),
            picker("fan-target", "Column", values.targets, target => reset({ target })),
        ),
        holder,
        h("div", { class: "slider" }, h("label", { for: "origin" }, "Forecast"), slider, told),
        h(
            "p",
            { class: "soft" },
            `The dark area held half of the errors on the validation rows, the light one 80 %. ` +
                `On the test rows the light one held ${percent(values.coverage)}.`,
        ),
    );
    reset({});
    return block;
}

function drawing(values, series, origin, { target, text, isAhead }) {
    const back = Math.max(2 * values.horizon, 24),
        begin = Math.max(0, origin.row - back + 1),
        known = series.values[target];
    // Of the steps to come a plan holds only the known columns: its targets are not what came.
    const actual = known.slice(begin, origin.row + 1 + (isAhead ? 0 : values.horizon)),
        past = origin.row - begin,
        length = past + 1 + values.horizon;
    const times = Array.from({ length }, (_, i) => series.times[begin + i] ?? origin.times?.[i - past - 1] ?? `+${i - past}`);
    const join = steps => [known[origin.row], ...steps];
    const band = (name, low, high, kind) => ({ name, low: join(low), high: join(high), kind, from: past });
    return {
        title: `Forecast of ${values.targets[target]}, ${text}`,
        height: 340,
        x: { values: times.map((_, i) => i), texts: times },
        mark: { at: past, name: "" },
        lines: [
            { name: "actual", values: actual, kind: "ink" },
            { name: values.model, values: join(origin.forecast[target]), kind: "c0", from: past },
        ],
        bands: [
            band("80 %", origin.low[target], origin.high[target], "c0"),
            band("50 %", origin.innerLow[target], origin.innerHigh[target], "c0 inner"),
        ],
    };
}

/** The errors by step, their distribution, and the errors by series. */
export function errors(values) {
    const steps = values.steps.map(step => step.step),
        { edges, counts } = values.residuals;
    const line = (name, key, kind, dashed) =>
        values.steps.some(step => Number.isFinite(step[key]))
            ? [{ name, kind, dashed, values: values.steps.map(step => step[key]), dots: steps.length < 30 }]
            : [];
    const middles = counts.map((_, i) => (edges[i] + edges[i + 1]) / 2),
        all = counts.reduce((sum, one) => sum + one, 0);
    const bias = all ? counts.reduce((sum, one, i) => sum + one * middles[i], 0) / all : NaN;
    return h(
        "div",
        { class: "grid2" },
        h(
            "div",
            { class: "card" },
            chart({
                title: "Error by step",
                note: "Mean absolute error on the test rows, in the units of the data.",
                zero: true,
                height: 280,
                x: { values: steps, name: "steps ahead", whole: true },
                unit: "mean absolute error",
                lines: [
                    ...line(values.model, "error", "c0"),
                    ...line("naive", "naive", "c7", true),
                    ...line("seasonal naive", "seasonalNaive", "c3", true),
                ],
            }),
        ),
        h(
            "div",
            { class: "card" },
            chart({
                title: "Residuals",
                note: `Actual minus forecast of ${values.targets[0]}; their mean is ${number(bias, 3)}.`,
                height: 280,
                x: { values: middles, name: "actual − forecast" },
                bars: { name: "forecasts", values: counts, kind: "c0" },
                unit: "count",
            }),
        ),
        values.perSeries.length > 1 ? h("div", { class: "card wide" }, h("h3", {}, "Errors by series"), perSeries(values)) : "",
    );
}

function perSeries(values) {
    return [
        table(
            "Errors by series, the worst first",
            ["series", "windows", "mean absolute error", "scaled (MASE)"],
            values.perSeries.map(one => [one.series, count(one.windows), number(one.error), number(one.scaled)]),
        ),
        values.seriesNotListed
            ? h("p", { class: "soft" }, `The worst are listed; the errors of ${count(values.seriesNotListed)} more series are smaller.`)
            : "",
    ];
}
