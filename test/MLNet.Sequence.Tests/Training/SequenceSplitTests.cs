using MLNet.Sequence.Training;

namespace MLNet.Sequence.Tests.Training;

/// <summary>Splits that keep groups together, for many seeds, group sizes and fractions.</summary>
[TestClass]
public sealed class SequenceSplitTests
{
    [TestMethod]
    public void No_group_is_on_both_sides_and_every_row_on_one()
    {
        var random = new Random(3);
        for (int trial = 0; trial < 300; trial++)
        {
            int rows = random.Next(1, 200), subjects = random.Next(1, 30), classes = random.Next(1, 4);
            string[] groups = [.. Enumerable.Range(0, rows).Select(_ => $"s{random.Next(subjects)}")];
            int[] labels = [.. Enumerable.Range(0, rows).Select(_ => random.Next(classes))];
            double fraction = random.Next(0, 6) / 10.0;
            (int[] training, int[] validation) = SequenceSplit.CutWhole(groups, row => labels[row], fraction, trial);

            CollectionAssert.AreEqual(Enumerable.Range(0, rows).ToArray(), training.Concat(validation).Order().ToArray());
            Assert.IsFalse(training.Any(row => validation.Any(other => groups[row] == groups[other])), $"trial {trial}");
            Assert.IsTrue(labels.Distinct().All(label => training.Any(row => labels[row] == label)), $"trial {trial}: every class is trained on.");
            if (fraction == 0)
                Assert.IsEmpty(validation);
            CollectionAssert.AreEqual(validation, SequenceSplit.CutWhole(groups, row => labels[row], fraction, trial).Validation);
        }
    }

    [TestMethod]
    [DataRow(100, 0.2)]
    [DataRow(100, 0.1)]
    [DataRow(10, 0.3)]
    public void Groups_of_one_size_give_the_requested_part_and_another_one_for_each_seed(int subjects, double fraction)
    {
        string[] groups = [.. Enumerable.Range(0, 5 * subjects).Select(row => $"{row % subjects}")];
        (_, int[] first) = SequenceSplit.CutWhole(groups, _ => 0, fraction, seed: 1);
        Assert.AreEqual(fraction * groups.Length, first.Length, 1e-9);
        Assert.IsTrue(Enumerable.Range(2, 5).Any(seed => !SequenceSplit.CutWhole(groups, _ => 0, fraction, seed).Validation.SequenceEqual(first)));
    }

    [TestMethod]
    public void If_no_group_is_as_small_as_the_part_the_smallest_is_used_for_validation()
    {
        string[] groups = [.. Enumerable.Repeat("a", 60), .. Enumerable.Repeat("b", 25), .. Enumerable.Repeat("c", 40)];
        CollectionAssert.AreEqual(Enumerable.Range(60, 25).ToArray(), SequenceSplit.CutWhole(groups, _ => 0, 0.05, seed: 1).Validation);
        Assert.IsEmpty(SequenceSplit.CutWhole([.. groups.Take(60)], _ => 0, 0.1, seed: 1).Validation, "One group is not cut.");
    }

    [TestMethod]
    public void A_group_that_holds_all_of_a_class_is_trained_on()
    {
        string[] groups = ["a", "a", "b", "b", "c", "c", "d", "d"];
        int[] labels = [0, 0, 1, 1, 2, 0, 0, 1];
        for (int seed = 0; seed < 20; seed++)
            CollectionAssert.DoesNotContain(SequenceSplit.CutWhole(groups, row => labels[row], 0.25, seed).Validation, 4);
    }
}
