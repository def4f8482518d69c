using MLNet.Sequence.Data;
using MLNet.Sequence.Rows;
using MLNet.Sequence.Torch;

namespace MLNet.Sequence.Tests.Rows;

[TestClass]
public sealed class ClassCountsTests
{
    [TestMethod]
    public void Balanced_classes_have_the_same_total_weight_for_any_weights_of_their_rows()
    {
        var set = new SequenceSet(1);
        for (int row = 0; row < 20; row++)
            set.Add([row], row % 5 == 0 ? 1 : 0, weight: 1 + row % 3);
        int[] training = [.. Enumerable.Range(0, 18)];
        var input = new SequenceInput { Columns = ["x"], Scalars = false, Features = 1 };
        float[] weights = new ClassCounts(["no", "yes", "never"], new LabelledRows(input, default, set, training, null)).Weigh(ClassWeights.Balanced)!;

        double Of(int label) => training.Where(row => (int)set.Label(row) == label).Sum(row => (double)set.Weight(row) * weights[label]);
        double all = training.Sum(row => (double)set.Weight(row));
        Assert.AreEqual(all / 2, Of(0), 1e-4);
        Assert.AreEqual(all / 2, Of(1), 1e-4);
    }
}
