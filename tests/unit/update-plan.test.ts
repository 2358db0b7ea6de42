import { planOf } from "../../provider/src/lifecycle/update-plan";

test.each([
  [["up", "--plan", "plan.json"], "plan.json"],
  [["up", "--yes", "--plan=plan.json", "--skip-preview"], "plan.json"],
  [["up", "-C", "infra", "--plan", "plan.json"], "plan.json"],
  [["up", "--yes"], ""],
  [["up", "--plan", ""], ""],
  [["up", "--plan="], ""],
  [["up", "--message", "--plan"], ""],
  [["up", "-m", "--plan=plan.json"], ""],
  [["up", "--save-plan", "plan.json"], ""],
])("pulumi %j has the plan %j", (args, plan) => {
  expect(planOf(args)).toBe(plan);
});
