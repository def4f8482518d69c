// What each column of a file is for.
import { h } from "./dom.js";

const most = 80;
const common = [
    ["time", "time"],
    ["series", "names the series"],
    ["", "leave it out"],
];
const roles = {
    forecast: [["target", "forecast it"], ["known", "known ahead"], ["input", "read it"], ...common],
    tag: [["tag", "the tag"], ["input", "read it"], ...common],
    next: [["target", "predict it"], ...common],
};
const list = { target: "targets", known: "known", input: "inputs" };
// What only a column of numbers can be; steps may also be text.
const numbers = { forecast: ["target", "known", "input"], tag: [], next: [] };

const roleOf = (question, name) =>
    question.time === name
        ? "time"
        : question.series === name
          ? "series"
          : question.kind === "tag" && question.label === name
            ? "tag"
            : (roles[question.kind].find(([role]) => list[role] && question[list[role]].includes(name))?.[0] ?? "");

function give(question, name, role) {
    for (const key of Object.values(list)) question[key] = question[key].filter(one => one !== name);
    // Empty: none. Null would let the server look for one.
    if (question.time === name) question.time = "";
    if (question.series === name) question.series = null;
    if (question.label === name) question.label = null;
    if (role === "time" || role === "series") question[role] = name;
    else if (role === "tag") question.label = name;
    else if (role) question[list[role]].push(name);
}

/** A choice for each column; it changes the question. */
export function roleList(question, summary, changed) {
    const all = h("div", { class: "roles" });
    const draw = () =>
        all.replaceChildren(
            ...summary.columns.slice(0, most).map((column, i) => {
                const role = roleOf(question, column.name);
                const fits = roles[question.kind].filter(([key]) => column.kind === "number" || !numbers[question.kind].includes(key));
                return h(
                    "div",
                    { class: `role ${role}` },
                    h(
                        "label",
                        { for: `role${i}` },
                        column.name,
                        column.problems.length ? h("span", { class: "flag" }, " has wrong cells") : "",
                    ),
                    h(
                        "select",
                        {
                            id: `role${i}`,
                            value: role,
                            onchange: event => {
                                give(question, column.name, event.target.value);
                                draw();
                                document.getElementById(`role${i}`).focus();
                                changed();
                            },
                        },
                        fits.map(([key, text]) => h("option", { value: key, selected: key === role }, text)),
                    ),
                );
            }),
            summary.columns.length > most
                ? h("p", { class: "soft" }, `${summary.columns.length - most} more columns are left out: the first ${most} are shown.`)
                : "",
        );
    draw();
    return all;
}
