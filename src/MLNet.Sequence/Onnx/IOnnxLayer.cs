using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Onnx;

/// <summary>
/// A layer as nodes of an ONNX graph. To add one: a file in <c>Layers</c>, and a line in <see cref="Create"/>.
/// </summary>
internal interface IOnnxLayer
{
    /// <summary>
    /// Adds the layer's nodes. For whole sequences from [B, T, C] to [B, T, D], unless the layer says otherwise; for one step, if the pass
    /// has a state, from [B, C] to [B, D].
    /// </summary>
    /// <exception cref="NotSupportedException">The layer cannot be fed step by step.</exception>
    OnnxValue Apply(OnnxValue input, OnnxPass pass);

    /// <param name="layer">The layer to write.</param>
    /// <param name="inputSize">The number of its input channels.</param>
    /// <param name="path">The path of its weights.</param>
    /// <param name="weights">Where the weights are.</param>
    static IOnnxLayer Create(Layer layer, int inputSize, string path, Weights weights)
    {
        IOnnxLayer Child(ChildLayer child) => Create(child.Layer, child.InputSize, Layer.Join(path, child.Name), weights);
        IOnnxLayer[] Children() => [.. layer.Children(inputSize).Select(Child)];
        var own = new OnnxWeights(weights, path);
        return layer switch
        {
            Sequential => new OnnxSequential(Children()),
            Branched => new OnnxBranched(Children()),
            Reversed => new OnnxReversed(Children()[0]),
            PatchedLayer patched => new OnnxPatched(patched, inputSize, Children()[0], path),
            ChannelSplit split => new OnnxChannelSplit(split, Children()),
            SinusoidalPositions => new OnnxSinusoidalPositions(inputSize),
            PositionEmbedding positions => new OnnxPositionEmbedding(positions, own),
            Residual residual => new OnnxResidual(residual, Children()),
            Embedding embedding => new OnnxEmbedding(own, embedding.Scale),
            TiedEmbedding tied => new OnnxTiedEmbedding(tied, Children(), own),
            AdaptiveSoftmax softmax => new OnnxAdaptiveSoftmax(softmax, own),
            Dense => new OnnxDense(own),
            CausalConv convolution => new OnnxCausalConv(convolution, inputSize, own),
            RnnLayer rnn => new OnnxRnn(rnn, own),
            LstmLayer lstm => new OnnxLstm(lstm, own),
            ProjectedLstmLayer projected => new OnnxProjectedLstm(projected, own),
            GruLayer gru => new OnnxGru(gru, own),
            MinGruLayer minimal => new OnnxMinGru(minimal, own),
            MinLstmLayer minimal => new OnnxMinLstm(minimal, own),
            ParaGruLayer diagonal => new OnnxParaGru(diagonal, own),
            ParaLstmLayer diagonal => new OnnxParaLstm(diagonal, own),
            LruLayer lru => new OnnxLru(lru, own),
            Clamp clamp => new OnnxClamp(clamp.Limit),
            Activation activation => new OnnxActivation(activation.Kind),
            LayerNorm => new OnnxLayerNorm(own),
            CausalAttention attention => new OnnxCausalAttention(attention, inputSize, own),
            AttentionGru attention => new OnnxAttentionGru(attention, own),
            CrossAttention attention => new OnnxCrossAttention(attention, inputSize, own),
            Gated gated => new OnnxGated(gated.Kind, inputSize),
            SkipSum stack => new OnnxSkipSum(stack.Conditions, Children()),
            Windowed windowed => new OnnxWindowed(windowed, inputSize, Children()[0], path),
            RunningStatistics => new OnnxRunningStatistics(inputSize, own),
            LinearChain => new OnnxLinearChain(),
            Dropout => new OnnxDropout(),
            LastStep => new OnnxLastStep(),
            Pooling pooling => new OnnxPooling(pooling.Kind, inputSize, own),
            _ => throw new NotSupportedException($"The layer {layer.GetType().Name} cannot be exported to ONNX."),
        };
    }
}
