// Step 4: the answer, from the most important to the details.
import { api } from "./api.js";
import { go } from "./app.js";
import { chart } from "./chart.js";
import { classes } from "./classes.js";
import { intervals } from "./intervals.js";
import { alert, count, facts, h, number, percent, table } from "./dom.js";
import { errors, fan } from "./forecasts.js";
import { nextSteps } from "./next.js";
import { tagged } from "./tags.js";

export async function showAnswer(page, id) {
    const run = await api.run(id);
    if (run.info.status !== "done") {
        page.append(
            h("h1", {}, "The answer"),
            alert("This run has no answer yet.", "warn"),
            h("p", {}, h("a", { href: `#/train/${id}` }, "To the training")),
        );
        return;
    }
    const answer = await api.answer(id),
        { question } = run.info;
    const best = answer.models.find(model => model.name === answer.recommended);
    const chosen = best ?? answer.models[0];
    page.append(
        h("p", { class: "kicker" }, "Do you need recurrence?"),
        h("h1", { class: "verdict" }, answer.answer),
        because(answer),
        numbers(answer, best),
        part("shown", views[question.kind].title, await shown(id, answer, chosen, question)),
        part("models", "Models", compared(answer, chosen)),
        part("memory", "Memory", memory(answer)),
        part("proof", "What is proved", proofs(answer)),
        answer.remarks.length
            ? part(
                  "remarks",
                  "Remarks",
                  h(
                      "ul",
                      {},
                      answer.remarks.map(remark => h("li", {}, remark)),
                  ),
              )
            : "",
        h(
            "p",
            { class: "next" },
            h("button", { type: "button", class: "primary", onclick: () => go(`#/take/${id}`) }, "Next: take it with you"),
            h("a", { href: api.report(id), target: "_blank", rel: "noopener" }, "The whole report on one page"),
        ),
    );
}

const views = {
    forecast: { title: "Forecasts", draw: values => [fan(values), errors(values)] },
    classify: { title: "Classes", draw: values => [classes(values)] },
    tag: { title: "Tags", draw: values => [tagged(values), classes(values)] },
    next: { title: "Next steps", draw: values => [nextSteps(values)] },
};

const part = (id, title, ...content) =>
    h("section", { class: "part", "aria-labelledby": id }, h("h2", { id }, title), ...content);

function because(answer) {
    const sentences = answer.because.match(/[^.]+(?:\.(?=\d)[^.]*)*\.(?:\s|$)/g) ?? [answer.because];
    return h(
        "div",
        { class: "because" },
        h("p", { class: "lead" }, sentences.slice(0, 3).join("")),
        sentences.length > 3
            ? h(
                  "details",
                  {},
                  h("summary", {}, "All reasons"),
                  h(
                      "ul",
                      {},
                      sentences.slice(3).map(sentence => h("li", {}, sentence.trim())),
                  ),
              )
            : "",
    );
}

function numbers(answer, best) {
    const reference = answer.references.find(one => one.name === answer.recommended),
        error = best?.error ?? reference?.error;
    const naive = [...answer.references, ...answer.baselines]
        .filter(one => /naive|frequencies|mean/.test(one.name))
        .sort((a, b) => a.error - b.error)[0];
    return facts(
        ["recommended", answer.recommended],
        [answer.metric, number(error)],
        naive && naive.error > 0
            ? [
                  `against ${naive.name}`,
                  `${number(Math.abs(100 * (1 - error / naive.error)), 3)} % ${error <= naive.error ? "better" : "worse"}`,
              ]
            : null,
        best ? ["steps that it needs", `${best.memory} of ${best.longestExample}`] : null,
        best ? ["parameters", count(best.parameters)] : null,
        best && Number.isFinite(best.stepMicroseconds)
            ? ["per step of a stream", `${number(best.stepMicroseconds, 3)} µs`]
            : null,
    );
}

async function shown(id, answer, chosen, question) {
    const holder = h("div", {});
    const draw = async name => {
        const values = await api.shown(id, name);
        holder.replaceChildren(...views[question.kind].draw(values));
    };
    const select = h(
        "select",
        { id: "shown-model", onchange: () => draw(select.value) },
        answer.models.map(model =>
            h(
                "option",
                { value: model.name, selected: model.name === chosen.name },
                model.name === answer.recommended ? `${model.name} (recommended)` : model.name,
            ),
        ),
    );
    await draw(chosen.name);
    return h("div", {}, h("div", { class: "row" }, h("label", { for: "shown-model" }, "Model"), select), holder);
}

const kindOf = model => (/recurrent/.test(model.kind) ? "warm" : "cool");

function compared(answer, chosen) {
    const rows = [
        ...answer.models.map(model => ({ ...model, kind: kindOf(model), what: model.kind })),
        ...answer.references.map(one => ({ ...one, value: one.error, kind: "plain", what: "no network" })),
        ...answer.baselines.map(one => ({ ...one, kind: "plain", what: "no model" })),
    ].sort((a, b) => a.error - b.error);
    const best = rows[0].error,
        near = rows.filter(row => row.error <= 4 * best).slice(0, 14);
    return [
        h(
            "div",
            { class: "card" },
            intervals(
                "Error on the test rows",
                near.map(row => ({ name: row.name, value: row.error, low: row.low, high: row.high, kind: row.kind })),
                `${answer.metric}, with intervals of ${percent(answer.confidence)}; ${count(answer.examples)} test examples. Lower is better.`,
            ),
        ),
        h(
            "div",
            { class: "card" },
            table(
                "All models",
                ["model", "kind", answer.metric, "parameters", "training", "step", "needs"],
                rows.map(row => ({
                    row: row.name === chosen.name ? { class: "chosen" } : {},
                    cells: [
                        row.name,
                        row.what,
                        number(row.error),
                        row.parameters === undefined ? "–" : count(row.parameters),
                        row.trainingSeconds ? `${number(row.trainingSeconds, 3)} s` : "–",
                        Number.isFinite(row.stepMicroseconds) ? `${number(row.stepMicroseconds, 3)} µs` : "–",
                        row.memory === undefined ? "–" : `${row.memory} steps`,
                    ],
                })),
            ),
        ),
        answer.findings.length
            ? h(
                  "ul",
                  {},
                  answer.findings.map(finding => h("li", {}, finding)),
              )
            : "",
    ];
}

const powers = longest =>
    Array.from({ length: 20 }, (_, i) => 2 ** i)
        .filter(steps => steps <= longest && (longest <= 256 || Math.log2(steps) % 2 === 0))
        .map(steps => ({ at: steps, text: `${steps}` }));

// Without any step the error is often so large that the others would look alike: then it is told instead.
function ladder(answer) {
    const [none, ...rest] = answer.past.ladder,
        isFar = none.steps === 0 && none.error > 4 * rest[0].error;
    const rungs = isFar ? rest : answer.past.ladder;
    return chart({
        title: "How much of the past counts",
        note:
            `The best error of models that see only the last steps. Enough: ${answer.past.text}.` +
            (isFar ? ` Without any step it is ${number(none.error)}.` : ""),
        unit: answer.metric,
        // No step at all stands at one half: 1, 2, 4 have the same distance from each other.
        x: {
            values: rungs.map(rung => Math.max(rung.steps, 0.5)),
            texts: rungs.map(rung => `${rung.steps}`),
            log: true,
            name: "last steps seen",
            ticks: [...(isFar ? [] : [{ at: 0.5, text: "0" }]), ...powers(rungs.at(-1).steps)],
        },
        lines: [{ name: "error", values: rungs.map(rung => rung.error), kind: "c0", dots: true }],
        bands: [
            {
                name: "interval",
                low: rungs.map(rung => rung.errorLow),
                high: rungs.map(rung => rung.errorHigh),
                kind: "c0",
                quiet: true,
            },
        ],
    });
}

function memory(answer) {
    const charts = [];
    if (answer.past) charts.push(ladder(answer));
    const models = answer.models.filter(model => model.curve.length > 1),
        steps = [...new Set(models.flatMap(model => model.curve.map(point => point.steps)))].sort((a, b) => a - b);
    if (models.length)
        charts.push(
            chart({
                title: "What each model remembers",
                note: "Its error when it is shown only the last steps, divided by that with all of them; at most 20 is drawn.",
                unit: "times",
                x: { values: steps, log: true, name: "last steps shown", ticks: powers(steps.at(-1)) },
                levels: [{ at: 1, name: "" }],
                lines: models.map((model, i) => ({
                    name: model.name,
                    kind: `c${i % 8}`,
                    dashed: kindOf(model) === "warm",
                    values: steps.map(step => Math.min(20, model.curve.find(point => point.steps === step)?.ratio ?? NaN)),
                })),
            }),
        );
    return h(
        "div",
        { class: "grid2" },
        charts.map(one => h("div", { class: "card" }, one)),
    );
}

const proofs = answer =>
    table(
        "Certificates",
        ["model", "proved", "certificate"],
        answer.models.map(model => [
            model.name,
            model.isCertified ? "yes" : "no",
            h("div", { class: "prose" }, model.certificate),
        ]),
        { class: "texts" },
    );
