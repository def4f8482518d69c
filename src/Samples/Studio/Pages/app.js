// The steps: which one is shown, and what was chosen so far. The address names the step and the run, so a reload finds them again.
import { api } from "./api.js";
import { alert, h, say } from "./dom.js";
import { showAnswer } from "./answer.js";
import { showData } from "./data.js";
import { showQuestion } from "./question.js";
import { showRuns } from "./runs.js";
import { showTake } from "./take.js";
import { showTraining } from "./train.js";

const steps = [
    ["data", "Data", showData],
    ["question", "Question", showQuestion],
    ["train", "Train", showTraining],
    ["answer", "Answer", showAnswer],
    ["take", "Take it", showTake],
];
const main = document.getElementById("main");
let leave = null,
    shown = 0;

/** What was chosen so far; it lives as long as the tab. */
export const choice = JSON.parse(sessionStorage.getItem("choice") ?? "{}");

export function keep(changes) {
    Object.assign(choice, changes);
    sessionStorage.setItem("choice", JSON.stringify(choice));
}

export const go = address => {
    location.hash = address;
};

function drawSteps(current) {
    const links = { data: "#/data", question: choice.file ? "#/question" : null };
    for (const step of ["train", "answer", "take"])
        links[step] = choice.run && (step === "train" || choice.done) ? `#/${step}/${choice.run}` : null;
    document.getElementById("steps").replaceChildren(
        ...steps.map(([key, name], i) =>
            h(
                "li",
                {},
                h(
                    "a",
                    {
                        href: links[key],
                        "aria-current": key === current ? "step" : null,
                        "aria-disabled": links[key] || key === current ? null : "true",
                        role: links[key] ? null : "link",
                    },
                    h("span", { class: "number", "aria-hidden": "true" }, `${i + 1}`),
                    h("span", {}, name),
                ),
            ),
        ),
    );
    document.getElementById("runs-link").toggleAttribute("aria-current", current === "runs");
}

async function show() {
    const [, key = "data", id] = location.hash.split("/");
    const mine = ++shown;
    leave?.();
    leave = null;
    if (id && id !== choice.run) keep({ run: id, done: false });
    const step = steps.find(one => one[0] === key);
    const page = h("div", { class: "page" });
    drawSteps(key);
    document.title = `${step?.[1] ?? "Runs"} – mlseq studio`;
    try {
        if (id) {
            const run = await api.run(id);
            keep({ done: run.info.status === "done", file: run.info.question.file });
            drawSteps(key);
        }
        const left = await (step ? step[2](page, id) : showRuns(page));
        if (mine !== shown) return left?.();
        leave = left ?? null;
    } catch (error) {
        page.replaceChildren(
            h("h1", {}, "That did not work"),
            alert(error.message),
            h("p", {}, h("a", { href: "#/data" }, "Back to the data")),
        );
    }
    if (mine !== shown) return;
    main.replaceChildren(page);
    if (mine > 1) {
        main.focus({ preventScroll: true });
        window.scrollTo(0, 0);
    }
    say(page.querySelector("h1")?.textContent ?? "");
}

/** The links of the steps, after a run has ended. */
export const drawn = () => drawSteps(location.hash.split("/")[1]);

document.querySelector(".skip").addEventListener("click", event => {
    event.preventDefault();
    main.focus();
});
window.addEventListener("hashchange", show);

// A run that is going on is found again, also by a new tab.
async function begin() {
    if (!location.hash) {
        const going = (await api.runs().catch(() => [])).find(run => run.status === "running");
        if (going) history.replaceState(null, "", `#/train/${going.id}`);
    }
    show();
}

begin();
