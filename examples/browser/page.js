"use strict";
// The browser sends the cookie by itself. This script has no token, and cannot get at one.
const show = (id, text) => { document.getElementById(id).textContent = text; };

async function ask(path, options) {
    const answer = await fetch(path, options);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${answer.status} ${JSON.parse(text).detail}`);
    return text;
}

// Saved without leaving the page.
document.getElementById("change").addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
        await ask("/note", { method: "POST", body: document.getElementById("text").value });
        event.target.reset();
        show("problem", "");
    } catch (problem) {
        show("problem", problem.message);
    }
});

// Told of changes, in whichever window they were made.
function listen() {
    const socket = new WebSocket(`${location.origin.replace("http", "ws")}/live`);
    socket.addEventListener("message", (event) => show("note", event.data));
    socket.addEventListener("close", () => show("problem", "The connection has ended. Reload the page."));
}

ask("/me").then(async (subject) => {
    document.getElementById(subject ? "inside" : "login").hidden = false;
    if (!subject) return;
    show("subject", subject);
    show("note", await ask("/note"));
    listen();
}).catch((problem) => show("problem", problem.message));
