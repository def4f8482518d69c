// Sequences of the test with their tags: what is wrong stands out, not by colour alone.
import { h } from "./dom.js";

export function tagged(values) {
    const holder = h("div", {}),
        { examples } = values;
    const draw = place => {
        const { steps, stepsLeftOut } = examples[place],
            wrong = steps.filter(step => step.actual !== step.predicted).length;
        holder.replaceChildren(
            h(
                "p",
                { class: "soft" },
                wrong ? `${wrong} of ${steps.length} steps are wrong: they show the predicted tag, then the actual one.` : "All steps are right.",
                stepsLeftOut ? ` ${stepsLeftOut} more steps are not shown.` : "",
            ),
            h("ol", { class: "steps-tagged" }, steps.map(one)),
        );
    };
    const select = h(
        "select",
        { id: "tagged", onchange: () => draw(Number(select.value)) },
        examples.map((example, i) => h("option", { value: `${i}` }, example.name)),
    );
    draw(0);
    return h(
        "div",
        { class: "card" },
        h("h3", {}, "Test sequences with their tags"),
        h("div", { class: "row" }, h("label", { for: "tagged" }, "Sequence"), select),
        holder,
    );
}

const one = step =>
    h(
        "li",
        { class: step.actual === step.predicted ? "" : "off" },
        step.text ? h("b", {}, step.text) : "",
        h("span", {}, step.predicted),
        step.actual === step.predicted ? "" : h("s", {}, `actual: ${step.actual}`),
    );
