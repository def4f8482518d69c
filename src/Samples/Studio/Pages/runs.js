// All runs, to open and to compare.
import { api } from "./api.js";
import { choice, keep } from "./app.js";
import { alert, duration, h, number, table, when } from "./dom.js";

const words = {
    waiting: "waiting",
    running: "training",
    done: "done",
    cancelled: "cancelled",
    failed: "failed",
    interrupted: "interrupted",
};

export async function showRuns(page) {
    const holder = h("div", {});
    page.append(
        h("h1", {}, "Runs"),
        h(
            "p",
            { class: "lead" },
            "Every run is kept in the folder of the studio. Runs with the same question stand together; the best is first.",
        ),
        holder,
    );
    await draw(holder);
}

async function draw(holder) {
    const runs = await api.runs();
    if (runs.length === 0) {
        holder.replaceChildren(h("p", {}, "There are no runs yet. ", h("a", { href: "#/data" }, "Begin with a file")));
        return;
    }
    const groups = Map.groupBy(runs, run => ask(run.question));
    holder.replaceChildren(
        ...[...groups].map(([question, own]) =>
            h(
                "section",
                { class: "card" },
                h("h2", {}, question),
                table(
                    question,
                    ["run", "state", "effort", "recommended", "error", "against naive", "time", "delete"],
                    own.sort((a, b) => (a.error ?? Infinity) - (b.error ?? Infinity)).map(run => row(run, holder)),
                ),
            ),
        ),
    );
}

const asks = {
    forecast: question => `${question.targets.join(", ")}, ${question.horizon} steps`,
    classify: question => question.label,
    tag: question => `tag ${question.label}`,
    next: question => `next ${question.targets.join(", ")}`,
};
const ask = question => `${question.file}: ${asks[question.kind](question)}`;

function row(run, holder) {
    const step = run.status === "done" ? "answer" : "train",
        better = run.withoutModel > 0 ? 100 * (1 - run.error / run.withoutModel) : NaN;
    const remove = h(
        "button",
        {
            type: "button",
            class: "quiet",
            "aria-label": `Delete the run ${run.name} of ${when(run.created)}`,
            onclick: async () => {
                if (!confirm(`Delete the run ${run.name} with its models?`)) return;
                try {
                    await api.remove(run.id);
                    if (choice.run === run.id) keep({ run: null, done: false });
                    await draw(holder);
                } catch (error) {
                    holder.prepend(alert(error.message));
                }
            },
        },
        "Delete",
    );
    return [
        h("span", {}, h("a", { href: `#/${step}/${run.id}` }, run.name), h("small", {}, when(run.created))),
        h("span", { class: `status ${run.status}` }, words[run.status]),
        { look: "first look", careful: "careful", thorough: "thorough" }[run.question.effort],
        run.recommended ?? "–",
        number(run.error),
        Number.isFinite(better) ? `${number(Math.abs(better), 3)} % ${better >= 0 ? "better" : "worse"}` : "–",
        duration(run.seconds),
        remove,
    ];
}
