// How well a model tells classes apart.
import { facts, h, number, percent, table } from "./dom.js";

export function classes(values) {
    const most = Math.max(1, ...values.confusion.flat()),
        names = values.classes.map(one => one.name);
    const cell = (value, i, j) =>
        h(
            "span",
            { class: `cell ${value === 0 ? "none" : i === j ? "right" : "off"} d${Math.ceil((5 * value) / most)}` },
            `${value}`,
        );
    return h(
        "div",
        {},
        facts(
            ["accuracy on the test rows", percent(values.accuracy)],
            ["mean F1 of the classes", number(values.macroF1, 3)],
            ["test rows", `${values.count}`],
        ),
        h(
            "div",
            { class: "card" },
            h("h3", {}, "Which class was taken for which"),
            h("p", { class: "soft" }, "Rows are the actual classes, columns what the model said."),
            table(
                "Confusion matrix",
                ["actual", ...names],
                values.confusion.map((row, i) => [names[i], ...row.map((value, j) => cell(value, i, j))]),
                { class: "confusion" },
            ),
        ),
        h(
            "div",
            { class: "card" },
            h("h3", {}, "Each class"),
            table(
                "Each class",
                ["class", "test rows", "precision", "recall", "F1"],
                values.classes.map(one => [
                    one.name,
                    `${one.count}`,
                    percent(one.precision),
                    percent(one.recall),
                    number(one.f1, 3),
                ]),
            ),
        ),
        values.importance.length
            ? h(
                  "div",
                  { class: "card" },
                  h("h3", {}, "Which values matter"),
                  table(
                      "Importance",
                      ["value", "accuracy lost without it"],
                      [...values.importance].sort((a, b) => b.loss - a.loss).map(one => [one.feature, percent(one.loss)]),
                  ),
              )
            : "",
    );
}
