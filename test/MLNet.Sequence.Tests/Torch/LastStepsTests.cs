using MLNet.Sequence.Torch;

namespace MLNet.Sequence.Tests.Torch;

[TestClass]
public sealed class LastStepsTests
{
    private static readonly (int Taps, int Dilation)[] Kernels = [(1, 1), (2, 1), (3, 2), (3, 4), (2, 6), (5, 3), (1, 7)];

    [TestMethod]
    public void The_steps_that_kernels_on_top_of_each_other_read_are_among_those_named()
    {
        foreach (long length in new[] { 1, 2, 7, 40 })
        {
            foreach ((int taps, int dilation)[] stack in Stacks())
            {
                LastSteps named = LastSteps.One(length);
                HashSet<long> read = [length - 1];
                foreach ((int taps, int dilation) in stack)
                {
                    named = named.Read(taps, dilation);
                    read = [.. read.SelectMany(step => Enumerable.Range(0, taps).Select(tap => step - tap * dilation)).Where(step => step >= 0)];
                    long[] steps = [.. Steps(named)];
                    Assert.IsTrue(read.IsSubsetOf(steps), $"{length} steps, {string.Join(" ", stack)}: {named}");
                    Assert.IsGreaterThanOrEqualTo(0, steps[^1]);
                }
            }
        }
    }

    // A tree with halved dilations needs few steps in its upper layers, which is its purpose.
    [TestMethod]
    public void With_halved_dilations_few_steps_are_read_near_the_top()
    {
        LastSteps top = LastSteps.One(96).Read(3, 16), below = top.Read(3, 16).Read(3, 8).Read(3, 8);
        Assert.AreEqual((3L, 16L), (top.Count, top.Spacing));
        Assert.AreEqual((12L, 8L), (below.Count, below.Spacing));
    }

    private static IEnumerable<long> Steps(LastSteps steps) => Enumerable.Range(0, (int)steps.Count).Select(back => steps.Length - 1 - back * steps.Spacing);

    private static IEnumerable<(int, int)[]> Stacks() =>
        from first in Kernels from second in Kernels from third in Kernels select new[] { first, second, third };
}
