// How well a model tells classes apart.
import { count, facts, h, number, percent, table } from "./dom.js";

export function classes(values) {
    const most = Math.max(1, ...values.confusion.flat()),
        { named, unit, lumped } = values,
        what = unit === "step" ? "tag" : "class";
    // Two of the others may have been taken for each other.
    const shade = (value, i, j) => (value === 0 || (lumped && i === j && i === named.length - 1) ? "none" : i === j ? "right" : "off");
    const cell = (value, i, j) =>
        h(
            "span",
            { class: `cell ${shade(value, i, j)} d${Math.ceil((5 * value) / most)}` },
            `${value}`,
        );
    return h(
        "div",
        {},
        facts(
            [`accuracy on the test ${unit}s`, percent(values.accuracy)],
            [`mean F1 of the ${unit === "step" ? "tags" : "classes"}`, number(values.macroF1, 3)],
            Number.isFinite(values.spanF1) ? ["F1 of the spans", number(values.spanF1, 3)] : null,
            [`test ${unit}s`, count(values.count)],
        ),
        h(
            "div",
            { class: "card" },
            h("h3", {}, `Which ${what} was taken for which`),
            h("p", { class: "soft" }, "Rows are the actual ones, columns what the model said." +
                    (lumped ? ` The ${named.length - 1} most frequent are shown.` : "")),
            table(
                "Confusion matrix",
                ["actual", ...named],
                values.confusion.map((row, i) => [named[i], ...row.map((value, j) => cell(value, i, j))]),
                { class: "confusion" },
            ),
        ),
        h(
            "div",
            { class: "card" },
            h("h3", {}, `Each ${what}`),
            table(
                `Each ${what}`,
                [what, `test ${unit}s`, "precision", "recall", "F1"],
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
