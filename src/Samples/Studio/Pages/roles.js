// What each column of a file is for.
import { h } from "./dom.js";

const most = 80;
const roles = [
    ["target", "forecast it"],
    ["known", "known ahead"],
    ["input", "read it"],
    ["time", "time"],
    ["series", "names the series"],
    ["", "leave it out"],
];

const roleOf = (question, name) =>
    question.time === name
        ? "time"
        : question.series === name
          ? "series"
          : question.targets.includes(name)
            ? "target"
            : question.known.includes(name)
              ? "known"
              : question.inputs.includes(name)
                ? "input"
                : "";

function give(question, name, role) {
    for (const list of ["targets", "known", "inputs"]) question[list] = question[list].filter(one => one !== name);
    // Empty: none. Null would let the server look for one.
    if (question.time === name) question.time = "";
    if (question.series === name) question.series = null;
    if (role === "time" || role === "series") question[role] = name;
    else if (role) question[{ target: "targets", known: "known", input: "inputs" }[role]].push(name);
}

/** A choice for each column; it changes the question. */
export function roleList(question, summary, changed) {
    const list = h("div", { class: "roles" });
    const draw = () =>
        list.replaceChildren(
            ...summary.columns.slice(0, most).map((column, i) => {
                const role = roleOf(question, column.name);
                const fits = roles.filter(([key]) => column.kind === "number" || !["target", "known", "input"].includes(key));
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
    return list;
}
