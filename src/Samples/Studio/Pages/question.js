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
            forms[question.kind](question, summary, changed),
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

// What is usually asked; the roles of columns depend on the kind.
function first(summary) {
    const { kind, horizon, season } = summary.suggested;
    return {
        time: summary.time ?? null,
        known: [],
        horizon: horizon || 24,
        season: season || 1,
        effort: "look",
        name: "",
        ...ofKind(kind, summary, summary.time),
    };
}

// The time column keeps its role, which may be the user's choice.
function ofKind(kind, summary, time) {
    const { series, targets, label, context, steps } = summary.suggested,
        free = name => (name === time ? null : (name ?? null)),
        columns = steps.columns.filter(free);
    const forms = {
        forecast: { series: free(series), targets: (targets ?? []).filter(free), inputs: [], context: context || 96 },
        classify: { series: null, targets: [], inputs: [], label: label ?? summary.columns[0].name },
        tag: { series: free(steps.series), targets: [], inputs: columns, label: free(steps.tag), context: steps.length },
        next: { series: free(steps.series), targets: columns, inputs: [], context: steps.length },
    };
    return { kind, known: [], architectures: usual[kind], ...forms[kind] };
}

async function check(question, told, start) {
    try {
        const { description, problem, note } = await api.check(question);
        // Of a long file only the beginning was looked at: what is missing there may come later.
        told.replaceChildren(
            problem ? alert(problem, "warn") : alert(description, "good"),
            note ? h("p", { class: "soft note" }, note) : "",
        );
        start.disabled = false;
    } catch (error) {
        told.replaceChildren(alert(error.message));
        start.disabled = true;
    }
}

function kinds(question, summary, redraw) {
    const pick = event => {
        Object.assign(question, ofKind(event.target.value, summary, question.time));
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
            radio(
                "kind",
                "tag",
                question.kind,
                "Tag",
                "Each row is a step with a tag, such as an activity or a word's part. Which tags have new steps?",
                pick,
            ),
            radio(
                "kind",
                "next",
                question.kind,
                "Next step",
                "Rows are the steps of sequences, numbers or tokens. Which step comes next?",
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
        wholes(question, changed, [
            [
                "horizon",
                "Forecast this many steps",
                summary.frequency ? `The steps of the file: ${summary.frequency}.` : "A step is a row.",
            ],
            ["context", "Read this many past steps", "What a model sees. The answer says how many it really needs."],
            ["season", "Steps in a season", "24 for hours of a day, 7 for days, 12 for months; 1 for none."],
        ]),
    );
}

function wholes(question, changed, numbers) {
    return h(
        "fieldset",
        {},
        h("legend", {}, "Steps"),
        h(
            "div",
            { class: "numbers" },
            numbers.map(([key, label, text]) => whole(question, key, label, text, changed)),
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

// Tags and next steps: each row is a step.
const steps = text => (question, summary, changed) =>
    h(
        "div",
        {},
        h("fieldset", {}, h("legend", {}, "Columns"), h("p", { class: "soft" }, text), roleList(question, summary, changed)),
        wholes(question, changed, [
            ["context", "Rows of a piece, at most", "Longer sequences are cut into pieces. The model starts anew with each."],
        ]),
    );

const several = "What names the series says which rows belong together; without it all rows are one sequence.";
const forms = {
    forecast,
    classify,
    tag: steps(`A step is several numbers, or one text such as a word. ${several}`),
    next: steps(`A step is several numbers, or one text such as a word; all of it is predicted. ${several}`),
};
