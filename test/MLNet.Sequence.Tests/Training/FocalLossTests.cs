using System.Text.Json;
using MLNet.Sequence.Tests.Goldens;
using MLNet.Sequence.Training;
using static TorchSharp.torch;

namespace MLNet.Sequence.Tests.Training;

/// <summary>The focal loss of both kinds of classification against PyTorch's numbers, and in its special cases.</summary>
[TestClass]
public sealed class FocalLossTests
{
    [ClassInitialize]
    public static void Load(TestContext _) => TorchRuntime.EnsureLoaded();

    [TestMethod]
    public void Losses_and_gradients_of_classes_are_those_of_PyTorch() =>
        MatchesPyTorch("logits", "labels", "classes", gamma => new ClassificationObjective(labelSmoothing: 0, gamma));

    [TestMethod]
    public void Losses_and_gradients_of_yes_and_no_are_those_of_PyTorch() =>
        MatchesPyTorch("logit", "answers", "answers", gamma => new BinaryObjective(labelSmoothing: 0, gamma));

    [TestMethod]
    public void A_row_that_is_half_right_counts_a_quarter_with_gamma_two()
    {
        using var scope = NewDisposeScope();
        var batch = new Batch(zeros(1, 2), tensor(new float[] { 1 }), 1);

        Assert.AreEqual(0.25 * Math.Log(2), new ClassificationObjective(0, 2).Loss(batch.Input, batch).item<float>(), 1e-6);
        Assert.AreEqual(Math.Log(2), new ClassificationObjective(0).Loss(batch.Input, batch).item<float>(), 1e-6);
    }

    [TestMethod]
    [DataRow(0.1f)]
    [DataRow(1f)]
    [DataRow(2f)]
    public void Gradients_are_numbers_where_the_model_is_sure(float gamma)
    {
        using var scope = NewDisposeScope();
        Tensor logits = tensor(new float[,] { { 200, -200 }, { -200, 200 } }).requires_grad_(true);
        var batch = new Batch(logits, tensor(new float[] { 0, 0 }), 2);

        Tensor loss = new ClassificationObjective(0, gamma).Loss(logits, batch);
        loss.backward();

        Assert.AreEqual(200, loss.item<float>(), 1e-3, "The wrong row costs its distance of 400, the right one nothing.");
        Assert.IsTrue(logits.grad!.data<float>().ToArray().All(float.IsFinite));
    }

    private static void MatchesPyTorch(string input, string labels, string part, Func<float, IObjective> make)
    {
        using Golden golden = Golden.Read("focal_loss");
        JsonElement root = golden.Root;
        float[] values = Floats(root.GetProperty(input)), targets = [.. Golden.Numbers(root.GetProperty(labels)).Select(value => (float)value)];
        foreach (JsonElement one in root.GetProperty("cases").EnumerateArray())
        {
            using var scope = NewDisposeScope();
            Tensor logits = tensor(values).view(targets.Length, -1).requires_grad_(true);
            float gamma = one.GetProperty("gamma").GetSingle();
            IObjective objective = make(gamma);
            Tensor loss = objective.Loss(logits, new Batch(logits, tensor(targets), targets.Length));
            loss.backward();
            double[] expected = Golden.Values(one.GetProperty(part)), slopes = Golden.Values(one.GetProperty(part + "Gradient"));
            Assert.AreEqual(expected.Average(), loss.item<float>(), 1e-6 * Math.Max(1, expected.Average()), $"gamma {gamma}");
            Close.AssertEqual(slopes, Close.Doubles(logits.grad!.data<float>().ToArray()), 1e-5, $"gradient, gamma {gamma}");
            for (int row = 0; row < expected.Length; row++)
            {
                var alone = new Batch(logits, tensor(targets),
                    1)
                { RowWeights = tensor([.. Enumerable.Range(0, targets.Length).Select(i => i == row ? 1f : 0f)]) };
                Assert.AreEqual(expected[row], objective.Loss(logits, alone).item<float>(), 1e-6 + 1e-5 * expected[row], $"row {row}, gamma {gamma}");
            }
        }
    }

    private static float[] Floats(JsonElement packed) => [.. Golden.Values(packed).Select(value => (float)value)];
}
