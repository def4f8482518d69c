// How well a model predicts the next step: tokens with its guesses, numbers as curves.
import { chart } from "./chart.js";
import { count, facts, h, number, percent, table } from "./dom.js";

export const nextSteps = values => (values.columns.length ? numbers(values) : tokens(values));

const measured = values =>
    values.leftOut ? `Measured on the first ${count(values.count)} steps of the test; ${count(values.leftOut)} are left out.` : "";

function picker(id, label, names, draw) {
    const select = h(
        "select",
        { id, onchange: () => draw(Number(select.value)) },
        names.map((name, i) => h("option", { value: `${i}` }, name)),
    );
    return [h("label", { for: id }, label), select];
}

function tokens(values) {
    const holder = h("div", {});
    const draw = place => {
        const { first, steps } = values.examples[place];
        holder.replaceChildren(
            table(
                "Steps of a test sequence",
                ["after", "came", "most likely", "next ones"],
                steps.map((step, i) => [
                    i === 0 ? first : steps[i - 1].actual,
                    h("span", { class: step.hit ? "hit" : "" }, step.actual),
                    guess(step.guesses[0]),
                    step.guesses.slice(1).map(guess).join(", "),
                ]),
                { class: "texts" },
            ),
        );
    };
    const names = values.examples.map(one => one.name);
    draw(0);
    return h(
        "div",
        {},
        facts(
            ["the most likely token came", percent(values.accuracy)],
            ["one of the three most likely", percent(values.amongThree)],
            ["always the same guess", percent(values.alwaysTheSame)],
            values.unknown > 0 ? ["tokens that it does not know, never a hit", percent(values.unknown)] : null,
            ["perplexity", number(values.perplexity)],
            ["predicted steps", count(values.count)],
        ),
        values.leftOut ? h("p", { class: "soft" }, measured(values)) : "",
        h(
            "div",
            { class: "card" },
            h("h3", {}, "What came and what was likely"),
            h("div", { class: "row" }, picker("next-sequence", "Sequence", names, draw)),
            holder,
        ),
        h(
            "div",
            { class: "card" },
            h("h3", {}, "The model writes"),
            h("p", {}, h("b", {}, values.prompt), " ", values.written),
            h("p", { class: "soft" }, "The beginning of a test sequence, and a continuation that is drawn by its probabilities."),
        ),
    );
}

const guess = ({ token, probability }) => `${token} (${percent(probability)})`;

function numbers(values) {
    const holder = h("div", {}),
        state = { sequence: 0, column: 0 };
    const draw = () => {
        const { actual, predicted } = values.examples[state.sequence],
            steps = actual[state.column];
        holder.replaceChildren(
            chart({
                title: `${values.columns[state.column].name}, each step from those before it`,
                height: 300,
                x: { values: steps.map((_, i) => i + 2), name: "step of the sequence", whole: true },
                lines: [
                    { name: "actual", values: steps, kind: "ink" },
                    { name: values.model, values: predicted[state.column], kind: "c0" },
                ],
            }),
        );
    };
    const change = key => place => {
        state[key] = place;
        draw();
    };
    draw();
    return h(
        "div",
        {},
        facts(["predicted rows", count(values.count)], ["columns", values.columns.length]),
        values.leftOut ? h("p", { class: "soft" }, measured(values)) : "",
        h(
            "div",
            { class: "card" },
            h(
                "div",
                { class: "row" },
                picker(
                    "next-sequence",
                    "Sequence",
                    values.examples.map(one => one.name),
                    change("sequence"),
                ),
                values.columns.length > 1
                    ? picker(
                          "next-column",
                          "Column",
                          values.columns.slice(0, values.examples[0].actual.length).map(column => column.name),
                          change("column"),
                      )
                    : "",
            ),
            holder,
        ),
        h(
            "div",
            { class: "card" },
            h("h3", {}, "Errors"),
            table(
                "Errors of each column",
                ["column", "mean absolute error", "of repeating the last row", "better by"],
                values.columns.map(column => [
                    column.name,
                    number(column.error),
                    number(column.repeated),
                    column.repeated > 0 ? percent(1 - column.error / column.repeated) : "–",
                ]),
            ),
        ),
    );
}
