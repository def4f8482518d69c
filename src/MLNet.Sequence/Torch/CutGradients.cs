using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Torch;

/// <summary>
/// A recurrent layer in training whose gradients flow back over a limited number of steps: the output is that of <paramref name="Inner"/>, except that
/// dropout has new masks in each part and where steps are run again. It is in no model and no file.
/// </summary>
/// <param name="Inner">A layer whose only memory of earlier steps is its state.</param>
/// <param name="Steps">The steps of a part; gradients flow from a part into the one before it only as far as <paramref name="Depth"/>.</param>
/// <param name="Depth">The steps, from the last one of a part, that its gradients flow back over; at least <paramref name="Steps"/>.</param>
internal sealed record CutGradients(Layer Inner, int Steps, int Depth) : Layer
{
    public override int? ReceptiveField => Inner.ReceptiveField;

    public override int OutputSize(int inputSize) => Inner.OutputSize(inputSize);

    public override IEnumerable<ChildLayer> Children(int inputSize) => [new("inner", Inner, inputSize)];
}
