// Step 2: what is asked of the file.
import { api } from "./api.js";
import { choice, go, keep } from "./app.js";
import { alert, h } from "./dom.js";
import { radio, training, usual } from "./models.js";
import { roleList } from "./roles.js";

export async function showQuestion(page) {
    if (!choice.file) {
        page.append(
            h("h1", {}, "The question"),
            alert("Choose a file first.", "warn"),
            h("p", {}, h("a", { href: "#/data" }, "To the data")),
        );
        return;
    }
    const summary = await api.data(
        choice.file,
        choice.question?.time ?? null,
        choice.question ? (choice.question.series ?? "") : null,
    );
    const question = { ...first(summary), ...choice.question, file: choice.file };
    const form = h("form", { novalidate: true }),
        told = h("div", { class: "told", "aria-live": "polite" });
    const start = h("button", { type: "submit", class: "primary" }, "Start training");
    let timer = 0;
    const changed = () => {
        keep({ question });
        clearTimeout(timer);
        timer = setTimeout(() => check(question, told, start), 250);
    };
    const redraw = () => {
        form.replaceChildren(
            kinds(question, summary, redraw),
            question.kind === "forecast" ? forecast(question, summary, changed) : classify(question, summary, changed),
            training(question, changed),
            told,
            h("p", { class: "next" }, start),
        );
        changed();
    };
    form.addEventListener("submit", async event => {
        event.preventDefault();
        start.disabled = true;
        try {
            const run = await api.start(question);
            keep({ run: run.id, done: false });
            go(`#/train/${run.id}`);
        } catch (error) {
            start.disabled = false;
            told.replaceChildren(alert(error.message));
        }
    });
    page.append(h("h1", {}, "The question"), h("p", { class: "lead" }, `What do you want to know from ${choice.file}?`), form);
    redraw();
}

function first(summary) {
    const { kind, series, targets, label, horizon, context, season } = summary.suggested;
    return {
        kind,
        time: summary.time ?? null,
        series: series ?? null,
        targets: targets ?? [],
        known: [],
        inputs: [],
        label: label ?? summary.columns[0].name,
        horizon: horizon || 24,
        context: context || 96,
        season: season || 1,
        effort: "look",
        architectures: usual[kind],
        name: "",
    };
}

async function check(question, told, start) {
    try {
        const { description } = await api.check(question);
        told.replaceChildren(alert(description, "good"));
        start.disabled = false;
    } catch (error) {
        told.replaceChildren(alert(error.message));
        start.disabled = true;
    }
}

function kinds(question, summary, redraw) {
    const pick = event => {
        question.kind = event.target.value;
        question.architectures = usual[question.kind];
        redraw();
        document.querySelector(`input[name=kind][value=${question.kind}]`)?.focus();
    };
    return h(
        "fieldset",
        {},
        h("legend", {}, "Kind"),
        h(
            "div",
            { class: "choices two" },
            radio(
                "kind",
                "forecast",
                question.kind,
                "Forecast",
                "Rows follow each other in time. What are the next values?",
                pick,
            ),
            radio(
                "kind",
                "classify",
                question.kind,
                "Classify",
                "Each row is a whole sequence with a label. Which label has a new one?",
                pick,
            ),
        ),
    );
}

function forecast(question, summary, changed) {
    return h(
        "div",
        {},
        h(
            "fieldset",
            {},
            h("legend", {}, "Columns"),
            h(
                "p",
                { class: "soft" },
                "Known ahead: its values are known for the steps to come, such as a holiday or a price that you set. " +
                    "The last rows of each series are then the steps to forecast: they are not trained or tested on, and of them " +
                    "only the known columns are read. Their other cells must still be numbers, such as 0.",
            ),
            roleList(question, summary, changed),
        ),
        h(
            "fieldset",
            {},
            h("legend", {}, "Steps"),
            h(
                "div",
                { class: "numbers" },
                whole(
                    question,
                    "horizon",
                    "Forecast this many steps",
                    summary.frequency ? `The steps of the file: ${summary.frequency}.` : "A step is a row.",
                    changed,
                ),
                whole(
                    question,
                    "context",
                    "Read this many past steps",
                    "What a model sees. The answer says how many it really needs.",
                    changed,
                ),
                whole(
                    question,
                    "season",
                    "Steps in a season",
                    "24 for hours of a day, 7 for days, 12 for months; 1 for none.",
                    changed,
                ),
            ),
        ),
    );
}

function whole(question, key, label, text, changed) {
    return h(
        "div",
        {},
        h("label", { for: key }, label),
        h("input", {
            id: key,
            type: "number",
            min: "1",
            step: "1",
            inputmode: "numeric",
            "aria-describedby": `${key}-help`,
            value: question[key],
            oninput: event => {
                question[key] = Math.trunc(Number(event.target.value)) || 0;
                changed();
            },
        }),
        h("p", { class: "soft", id: `${key}-help` }, text),
    );
}

function classify(question, summary, changed) {
    return h(
        "fieldset",
        {},
        h("legend", {}, "Columns"),
        h(
            "div",
            { class: "numbers" },
            h(
                "div",
                {},
                h("label", { for: "label" }, "The label is in"),
                h(
                    "select",
                    {
                        id: "label",
                        onchange: event => {
                            question.label = event.target.value;
                            changed();
                        },
                    },
                    summary.columns.map(column =>
                        h("option", { value: column.name, selected: column.name === question.label }, column.name),
                    ),
                ),
                h("p", { class: "soft" }, "All other columns are the steps of the sequence, in their order."),
            ),
        ),
    );
}
