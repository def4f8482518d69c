using System.Numerics.Tensors;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Managed;

/// <summary>Without a memory it attends to its own input, of which only whole sequences are possible: a step would have to see later steps.</summary>
internal sealed class ManagedAttentionGru : IManagedLayer
{
    private readonly PackedMatrix _input, _recurrent, _query, _memory, _start;
    private readonly float[] _score;
    private readonly int _size, _remembered, _compared;

    public ManagedAttentionGru(AttentionGru layer, int inputSize, Func<string, float[]> own)
    {
        (InputSize, _size, _remembered, _compared) = (inputSize, layer.HiddenSize, layer.MemorySize ?? inputSize, layer.AttentionSize ?? layer.HiddenSize);
        _input = new PackedMatrix(own("weight_ih"), 3 * _size, inputSize + _remembered, own("bias_ih"));
        _recurrent = new PackedMatrix(own("weight_hh"), 3 * _size, _size, own("bias_hh"));
        _query = new PackedMatrix(own("weight_query"), _compared, _size);
        _memory = new PackedMatrix(own("weight_memory"), _compared, _remembered, own("bias_memory"));
        _start = new PackedMatrix(own("weight_start"), _size, _remembered, own("bias_start"));
        _score = own("weight_score");
    }

    public int InputSize { get; }

    public int OutputSize => _size + _remembered;

    public int StateSize => 0;

    public bool CanStep => false;

    public void Step(ReadOnlySpan<float> input, Span<float> output, Span<float> state, long time) =>
        throw new NotSupportedException("Attention to all steps cannot be computed step by step.");

    public void Run(ReadOnlySpan<float> input, Span<float> output, int steps) => Remember(input[..(steps * InputSize)]).Run(input, output, steps);

    public IManagedLayer Remember(ReadOnlySpan<float> memory, AttentionTrace? trace = null) => new Remembering(this, memory.ToArray(), trace);

    /// <summary>
    /// With a memory, and its steps as they are compared. The state is s, then working space for one step: the query and its comparison, the
    /// input with the context, the two products of the gates, and the attention weights.
    /// </summary>
    private sealed class Remembering : IManagedLayer
    {
        private readonly ManagedAttentionGru _of;
        private readonly float[] _steps, _keys, _first;
        private readonly int _count;
        private readonly AttentionTrace? _trace;

        public Remembering(ManagedAttentionGru of, float[] steps, AttentionTrace? trace)
        {
            (_of, _steps, _count, _trace) = (of, steps, steps.Length / of._remembered, trace);
            (_keys, _first) = (new float[_count * of._compared], new float[of._size]);
            of._memory.Multiply(steps, _keys, _count);
            of._start.Multiply(steps.AsSpan(0, of._remembered), _first);
            TensorPrimitives.Tanh(_first, _first);
        }

        public int InputSize => _of.InputSize;

        public int OutputSize => _of.OutputSize;

        public int StateSize => IManagedLayer.Size(7L * _of._size + 2L * _of._compared + InputSize + _of._remembered + _count);

        public void Step(ReadOnlySpan<float> input, Span<float> output, Span<float> state, long time)
        {
            int n = _of._size, wide = InputSize + _of._remembered;
            Span<float> s = state[..n], given = state.Slice(n, 3 * n), recurrent = state.Slice(4 * n, 3 * n), rest = state[(7 * n)..];
            if (time == 0)
                _first.CopyTo(s);
            Span<float> joined = rest[..wide], context = output[n..];
            Attend(s, rest[wide..], context);
            input.CopyTo(joined);
            context.CopyTo(joined[InputSize..]);
            _of._input.Multiply(joined, given);
            _of._recurrent.Multiply(s, recurrent);
            Advance(given, recurrent, s);
            s.CopyTo(output);
        }

        public void Run(ReadOnlySpan<float> input, Span<float> output, int rows)
        {
            var state = new float[StateSize];
            for (int t = 0; t < rows; t++)
                Step(input.Slice(t * InputSize, InputSize), output.Slice(t * OutputSize, OutputSize), state, t);
        }

        // c = Σ softmax(v · tanh(A s + keys)) m
        private void Attend(ReadOnlySpan<float> s, Span<float> work, Span<float> context)
        {
            int a = _of._compared;
            Span<float> query = work[..a], compared = work.Slice(a, a), weights = work.Slice(2 * a, _count);
            _of._query.Multiply(s, query);
            for (int j = 0; j < _count; j++)
            {
                TensorPrimitives.Add(query, _keys.AsSpan(j * a, a), compared);
                TensorPrimitives.Tanh(compared, compared);
                weights[j] = TensorPrimitives.Dot(compared, _of._score);
            }

            TensorPrimitives.SoftMax(weights, weights);
            _trace?.Add(weights);
            context.Clear();
            for (int j = 0; j < _count; j++)
                TensorPrimitives.MultiplyAdd(_steps.AsSpan(j * _of._remembered, _of._remembered), weights[j], context, context);
        }

        // r, z, n of both products; s' = n + z (s − n)
        private void Advance(Span<float> given, Span<float> recurrent, Span<float> s)
        {
            int n = _of._size;
            Span<float> gates = given[..(2 * n)], fresh = given[(2 * n)..], product = recurrent[(2 * n)..];
            TensorPrimitives.Add(gates, recurrent[..(2 * n)], gates);
            TensorPrimitives.Sigmoid(gates, gates);
            TensorPrimitives.MultiplyAdd(gates[..n], product, fresh, fresh);
            TensorPrimitives.Tanh(fresh, fresh);
            TensorPrimitives.Subtract(s, fresh, s);
            TensorPrimitives.MultiplyAdd(gates[n..], s, fresh, s);
        }
    }
}
