// Which models are trained, and how long.
import { h } from "./dom.js";

const models = [
    ["linear", "Linear", "One weighted sum of the window. Hard to beat on short data."],
    ["tcn", "Convolutions (TCN)", "Reads a window through dilated convolutions."],
    ["lstm", "LSTM", "The classical recurrent network."],
    ["stable-lstm", "Stable LSTM", "Recurrent, and proved to forget: a window can replace it."],
    ["gru", "GRU", "Recurrent, with fewer gates."],
    ["min-gru", "minGRU", "Recurrent, trained for all steps at once."],
    ["transformer", "Transformer", "Attention over the window; wants much data."],
    ["window-mlp", "Window network", "A plain network on the last steps."],
    ["bidirectional", "Bidirectional", "Two recurrent networks, one from each end. Needs the whole sequence."],
];
// A linear model reads a window of past steps; a next step must not be read from behind.
const fits = {
    forecast: name => name !== "bidirectional",
    classify: name => name !== "linear",
    tag: name => name !== "linear",
    next: name => name !== "linear" && name !== "bidirectional",
};
/** The models that are compared unless the user chooses others. */
export const usual = { forecast: ["linear", "tcn", "lstm", "stable-lstm"], classify: ["tcn", "lstm", "stable-lstm"], tag: ["tcn", "lstm", "stable-lstm"], next: ["tcn", "lstm", "stable-lstm"] };
const always = {
    forecast: "Naive forecasts and least squares are always compared too.",
    classify: "Predictions without a network are always compared too.",
    tag: "Predictions without a network are always compared too: the most frequent tag, and the tag of the last few steps.",
    next: "Predictions without a network are always compared too: repeating, counting what follows what.",
};
const efforts = [
    ["look", "A first look", "One to three minutes"],
    ["careful", "Careful", "Trained to the end; often a quarter of an hour"],
    ["thorough", "Thorough", "Three seeds and several learning rates; an hour or more"],
];

/** One of several choices. */
export const radio = (name, value, current, title, text, change) =>
    h(
        "label",
        { class: "choice" },
        h("input", { type: "radio", name, value, checked: value === current, onchange: change }),
        h("span", {}, h("b", {}, title), h("span", { class: "soft" }, text)),
    );

/** The choices of effort and models, and the name of the run. */
export function training(question, changed) {
    const box = ([name, title, text]) =>
        h(
            "label",
            { class: "choice" },
            h("input", {
                type: "checkbox",
                value: name,
                checked: question.architectures.includes(name),
                onchange: event => {
                    question.architectures = event.target.checked
                        ? [...question.architectures, name]
                        : question.architectures.filter(one => one !== name);
                    changed();
                },
            }),
            h("span", {}, h("b", {}, title), h("span", { class: "soft" }, text)),
        );
    const shown = models.filter(([name]) => fits[question.kind](name));
    return h(
        "div",
        {},
        h(
            "fieldset",
            {},
            h("legend", {}, "Effort"),
            h(
                "div",
                { class: "choices" },
                efforts.map(([key, title, text]) =>
                    radio("effort", key, question.effort, title, text, event => {
                        question.effort = event.target.value;
                        changed();
                    }),
                ),
            ),
        ),
        h(
            "fieldset",
            {},
            h("legend", {}, "Models to compare"),
            h("p", { class: "soft" }, always[question.kind]),
            h("div", { class: "choices two" }, shown.slice(0, 4).map(box)),
            h("details", {}, h("summary", {}, "More models"), h("div", { class: "choices two" }, shown.slice(4).map(box))),
        ),
        h(
            "div",
            { class: "numbers" },
            h(
                "div",
                {},
                h("label", { for: "name" }, "Name of the run"),
                h("input", {
                    id: "name",
                    type: "text",
                    maxlength: "80",
                    value: question.name,
                    placeholder: question.file,
                    oninput: event => {
                        question.name = event.target.value;
                        changed();
                    },
                }),
            ),
            h(
                "div",
                {},
                h("label", { for: "passes" }, "Passes over the rows, at most"),
                h("input", {
                    id: "passes",
                    type: "number",
                    min: "1",
                    step: "1",
                    inputmode: "numeric",
                    "aria-describedby": "passes-help",
                    value: question.maxEpochs ?? "",
                    placeholder: "by the effort",
                    oninput: event => {
                        question.maxEpochs = event.target.value === "" ? null : Math.trunc(Number(event.target.value)) || 0;
                        changed();
                    },
                }),
                h("p", { class: "soft", id: "passes-help" }, "Empty: as many as the effort needs. Few give a quick, rough answer."),
            ),
        ),
    );
}
