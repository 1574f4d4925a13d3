// The rubric's items add up to the score, and comments that were written before can be used again. What is entered
// goes into formgrader's own fields, which save it.
(function () {
  "use strict";

  function put(field, value) {
    field.value = value;
    // formgrade_models.js listens by jQuery.
    $(field).trigger("change");
  }

  function addToComment(field, text) {
    put(field, field.value ? field.value.trimEnd() + "\n\n" + text : text);
    autosize.update(field);
  }

  // Which share of an item is given: 0, a half or 1.
  function share(item) {
    if (item.querySelector(".whole").checked) {
      return 1;
    }
    return item.querySelector(".half").getAttribute("aria-pressed") === "true" ? 0.5 : 0;
  }

  function setShare(item, value) {
    item.querySelector(".whole").checked = value === 1;
    item.querySelector(".half").setAttribute("aria-pressed", value === 0.5);
  }

  function total(items) {
    return items.reduce(function (sum, item) { return sum + item.dataset.points * share(item); }, 0);
  }

  // The gradebook holds the sum alone: which items they were, this browser remembers.
  function restore(aside, items, key) {
    var score = parseFloat(aside.dataset.score);
    var shares = JSON.parse(localStorage.getItem(key) || "[]");
    items.forEach(function (item, number) { setShare(item, shares[number] || 0); });
    if (total(items) === score) {
      return;
    }
    var all = items.reduce(function (sum, item) { return sum + Number(item.dataset.points); }, 0);
    items.forEach(function (item) { setShare(item, score === all ? 1 : 0); });
  }

  function connect(aside) {
    var id = aside.dataset.gradeId;
    var score = document.getElementById(id);
    var comment = document.getElementById(id + "-comment");
    var items = Array.from(aside.querySelectorAll(".rubric li"));
    var key = "rubric " + submission_id + " " + id;

    function give(item, value) {
      setShare(item, value);
      localStorage.setItem(key, JSON.stringify(items.map(share)));
      put(score, total(items));
    }

    restore(aside, items, key);
    items.forEach(function (item) {
      item.querySelector(".whole").addEventListener("change", function (event) {
        give(item, event.target.checked ? 1 : 0);
      });
      item.querySelector(".half").addEventListener("click", function () {
        give(item, share(item) === 0.5 ? 0 : 0.5);
      });
    });
    aside.querySelectorAll(".missing").forEach(function (button) {
      button.addEventListener("click", function () {
        var lacking = items.filter(function (item) { return share(item) < 1; });
        addToComment(comment, lacking.map(function (item) {
          return (share(item) ? "Half missing: " : "Missing: ") + item.dataset.text;
        }).join("\n\n"));
      });
    });
    aside.querySelectorAll(".use").forEach(function (button) {
      button.addEventListener("click", function () { addToComment(comment, button.textContent); });
    });
  }

  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll(".beside").forEach(connect);
  });
}());
