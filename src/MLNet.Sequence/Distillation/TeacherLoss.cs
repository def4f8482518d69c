using MLNet.Sequence.Distilled;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Networks;
using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence.Distillation;

/// <summary>
/// The divergence of a student from its teacher, H(P_S, P_T) − H(P_S) (arXiv 1711.10433, equations 4 to 8): the student's sound is drawn, and at each
/// sample the two distributions of classes are compared. Their divergence given the samples before is a sum over all classes, not a draw.
/// Deviates: a level between two classes is read as the mixture of their vectors, so that gradients pass through the teacher's past.
/// </summary>
internal sealed class TeacherLoss : IDisposable
{
    private readonly TorchNetwork _network;
    private readonly Tensor _vectors, _classes, _edges;

    /// <param name="teacher">A model of tokens whose first node is their embedding.</param>
    public TeacherLoss(SequenceModel teacher)
    {
        int classes = teacher.Task.Tokens!.Count;
        NetworkPlan plan = teacher.Network;
        WeightSpec table = plan.Nodes[0].Layer.AllWeights(plan.InputSizeOf(plan.Nodes[0]), plan.Nodes[0].Path).Single();
        Weight vectors = teacher.Weights[table.Name];
        NetworkPlan after = plan.AfterFirst();
        var rest = new Weights();
        foreach (Weight weight in teacher.Weights.Where(weight => weight.Name != table.Name))
            rest.Add(weight);
        _network = new TorchNetwork(after, CPU, rest);
        using var scope = NewDisposeScope();
        // Copied: products round differently for different alignments of .NET's memory.
        _vectors = tensor(vectors.Values.ToArray()).clone().view(classes, -1).DetachFromDisposeScope();
        _classes = tensor(Enumerable.Range(0, classes).Select(k => (float)k).ToArray()).DetachFromDisposeScope();
        _edges = tensor(Enumerable.Range(0, classes - 1).Select(k => (float)LogisticClasses.Edge(k, classes)).ToArray()).DetachFromDisposeScope();
    }

    /// <summary>The divergence and the student's entropy, both as means in nats per sample.</summary>
    /// <param name="sound">The student's levels, [B, T].</param>
    /// <param name="mean">μ of each level, [B, T].</param>
    /// <param name="scale">s of each level, [B, T].</param>
    /// <param name="piece">The conditions.</param>
    public (Tensor Divergence, Tensor Entropy) Of(Tensor sound, Tensor mean, Tensor scale, SoundPiece piece)
    {
        Tensor p = Probabilities(mean, scale), logP = p.ClampMin(1e-10).log();
        Tensor entropy = (p * logP).sum(-1).mean().neg();
        return ((p * (logP - Teacher(sound, piece))).sum(-1).mean(), entropy);
    }

    public void Dispose()
    {
        _network.Dispose();
        _vectors.Dispose();
        _classes.Dispose();
        _edges.Dispose();
    }

    // [B, T] → [B, T, classes]
    private Tensor Probabilities(Tensor mean, Tensor scale)
    {
        Tensor upTo = ((_edges - mean.unsqueeze(2)) / scale.unsqueeze(2)).sigmoid();
        Tensor end = HeldNumbers.Full([mean.shape[0], mean.shape[1], 1], 1, ScalarType.Float32, CPU);
        return cat([upTo, end], 2) - cat([zeros_like(end), upTo], 2);
    }

    // The logarithms of the teacher's probabilities, [B, T, classes], of each sample after those before it; before the first is silence.
    private Tensor Teacher(Tensor sound, SoundPiece piece)
    {
        Tensor before = Before(sound).Clamp(-1, 1).Add(1).Mul((_classes.shape[0] - 1) / 2.0); // [B, T], from 0 to classes − 1
        Tensor parts = (before.unsqueeze(2) - _classes).abs().Rsub(1).relu(); // [B, T, classes]
        Tensor steps = cat([parts.matmul(_vectors), piece.Frames], 2);
        return nn.functional.log_softmax(_network.Forward(steps, TorchPass.Scoring with { Beside = piece.Static }), 2);
    }

    /// <summary>Each level's predecessor, and silence before the first.</summary>
    public static Tensor Before(Tensor sound) => cat([zeros(sound.shape[0], 1), sound.narrow(1, 0, sound.shape[1] - 1)], 1);
}
